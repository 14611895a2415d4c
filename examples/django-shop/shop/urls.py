from django.urls import path

from . import views

app_name = "shop"
urlpatterns = [
    path("", views.product_list, name="products"),
    path("products/<slug:slug>/", views.product_detail, name="product"),
    path("products/<slug:slug>/add/", views.cart_add, name="cart-add"),
    path("cart/", views.cart, name="cart"),
    path("cart/<int:product_id>/", views.cart_set, name="cart-set"),
    path("checkout/", views.checkout, name="checkout"),
    path("orders/<str:number>/", views.order, name="order"),
    path("healthz", views.healthz, name="healthz"),
]
