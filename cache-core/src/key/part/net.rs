//! Addresses: as they are shown, and what is not shown behind a `#`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::key::{KeyPart, Place};

macro_rules! shown {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            fn write_key(&self, place: Place<'_>) {
                place.display(self);
            }
        }
    )*};
}

shown! { IpAddr Ipv4Addr Ipv6Addr SocketAddrV4 }

/// `Display` shows the scope and leaves the flow out.
#[diagnostic::do_not_recommend]
impl KeyPart for SocketAddrV6 {
    fn write_key(&self, place: Place<'_>) {
        match self.flowinfo() {
            0 => place.display(self),
            flow => place.display(&format_args!("{self}#{flow}")),
        }
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for SocketAddr {
    fn write_key(&self, place: Place<'_>) {
        match self {
            Self::V4(address) => address.write_key(place),
            Self::V6(address) => address.write_key(place),
        }
    }
}
