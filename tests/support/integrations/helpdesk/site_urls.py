"""The help desk under a path of its own, as shops have it."""

from django.urls import include, path

urlpatterns = [path("support/", include("helpdesk.urls", namespace="helpdesk"))]
