"""Where links of e-mails lead."""

from django.urls import path

from integrations.automations import views

urlpatterns = [
    path("design/<str:token>/", views.design, name="mail-design"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="mail-unsubscribe"),
]
