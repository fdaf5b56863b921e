//! Pages, as users meet them.

mod django_helpers;
