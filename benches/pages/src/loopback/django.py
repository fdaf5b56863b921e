"""One page of 4 KB, cached; and how often it was made."""

import itertools

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_page

settings.configure(
    ALLOWED_HOSTS=["*"],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="nothing is signed",
    USE_I18N=False,
)
django.setup()

numbers = itertools.count(1)
made = 0


@cache_page(3600)
def page(request):
    global made
    made = next(numbers)
    return HttpResponse(b"x" * 4096, content_type="text/html; charset=utf-8")


def count(request):
    return HttpResponse(str(made))


urlpatterns = [path("articles/caching", page), path("made", count)]
application = WSGIHandler()
