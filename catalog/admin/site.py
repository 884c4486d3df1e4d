"""The name of the admin, and what it leaves out: there is one way to each page, through the product."""

from django.contrib import admin

admin.site.site_title = admin.site.site_header = "Open Configurator"
admin.site.index_title = "What would you like to do?"
admin.site.site_url = None
admin.site.enable_nav_sidebar = False
