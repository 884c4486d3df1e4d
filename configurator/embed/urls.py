"""Addresses of the widget, its pictures, 3D models and codes, and of pictures of values."""

from django.urls import path, re_path

from configurator.embed import model_views, poster_views, views

urlpatterns = [
    path("embed/<slug:merchant>/<slug:product>/", views.widget, name="widget"),
    path("embed/<slug:merchant>/<slug:product>/draft/<str:token>/", views.draft, name="draft"),
    re_path(
        r"^embed/(?P<merchant>[\w-]+)/(?P<product>[\w-]+)/draft/(?P<token>[\w.-]+)/pictures/0/(?P<mask>[0-9a-f]{1,64})(?:-(?P<tints>(?:[0-9a-f]{6}|x{6}){1,50}))?-(?P<seal>[0-9a-f]{16})(?:~(?P<written>[\w-]{1,4000}))?\.webp$",
        views.draft_picture,
        name="draft_picture",
    ),
    path(
        "embed/<slug:merchant>/<slug:product>/c/<str:public_id>/", views.completed, name="completed"
    ),
    re_path(
        r"^embed/(?P<merchant>[\w-]+)/(?P<product>[\w-]+)/pictures/(?P<version>\d{1,9})/(?P<mask>[0-9a-f]{1,64})(?:-(?P<tints>(?:[0-9a-f]{6}|x{6}){1,50}))?-(?P<seal>[0-9a-f]{16})(?:~(?P<written>[\w-]{1,4000}))?\.webp$",
        views.picture,
        name="picture",
    ),
    re_path(
        r"^embed/(?P<merchant>[\w-]+)/(?P<product>[\w-]+)/models/(?P<version>\d{1,9})/(?P<content>[0-9a-f]{16})-(?P<sealed>[\w-]{1,4000})\.glb$",
        model_views.model,
        name="model",
    ),
    re_path(
        r"^embed/(?P<merchant>[\w-]+)/(?P<product>[\w-]+)/draft/(?P<token>[\w.-]+)/models/0/(?P<content>[0-9a-f]{16})-(?P<sealed>[\w-]{1,4000})\.glb$",
        model_views.draft_model,
        name="draft_model",
    ),
    path("embed/<slug:merchant>/<slug:product>/code.svg", model_views.code),
    path("embed/<slug:merchant>/<slug:product>/draft/<str:token>/code.svg", model_views.code),
    path("embed/<slug:merchant>/<slug:product>/c/<str:public_id>/code.svg", model_views.code),
    re_path(
        r"^embed/(?P<merchant>[\w-]+)/(?P<product>[\w-]+)/pictures/(?P<version>\d{1,9})/(?P<use>stage|share)-(?P<content>[0-9a-f]{16})-(?P<sealed>[\w-]{1,4000})\.(?:webp|png)$",
        poster_views.poster,
        name="poster",
    ),
    re_path(
        r"^embed/(?P<merchant>[\w-]+)/(?P<product>[\w-]+)/draft/(?P<token>[\w.-]+)/pictures/0/(?P<use>stage|share)-(?P<content>[0-9a-f]{16})-(?P<sealed>[\w-]{1,4000})\.(?:webp|png)$",
        poster_views.draft_poster,
        name="draft_poster",
    ),
    re_path(r"^theme/(?P<accent>[0-9a-f]{6})\.css$", views.theme, name="theme"),
    re_path(r"^assets/(?P<digest>[0-9a-f]{64})$", views.asset, name="asset"),
    re_path(r"^assets/(?P<digest>[0-9a-f]{64})\.(?:png|jpg|jpeg|webp)$", views.asset),
    re_path(
        r"^assets/(?P<digest>[0-9a-f]{64})-(?P<width>160|320|640|1280)\.webp$",
        views.asset,
        name="thumbnail",
    ),
    path("embed/<slug:merchant>/<path:rest>", views.nothing),
]
