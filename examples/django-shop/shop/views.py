import logging

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from .cart import Cart
from .forms import AddToCartForm, CartLineForm, CheckoutForm
from .models import Order, Product
from .orders import CannotOrder, place_order

logger = logging.getLogger(__name__)


@require_safe
def product_list(request):
    # Postgres cannot store a NUL character, nor look for one.
    search = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    products = Product.objects.filter(active=True)
    if search:
        products = products.filter(Q(name__icontains=search) | Q(description__icontains=search))
    page = Paginator(products, 12).get_page(request.GET.get("page"))
    return render(request, "shop/product_list.html", {"page": page, "search": search})


@require_safe
def product_detail(request, slug):
    product = get_object_or_404(Product, slug=slug, active=True)
    return render(request, "shop/product_detail.html", {"product": product, "form": AddToCartForm()})


@require_POST
def cart_add(request, slug):
    product = get_object_or_404(Product, slug=slug, active=True)
    form = AddToCartForm(request.POST)
    if not form.is_valid():
        return render(request, "shop/product_detail.html", {"product": product, "form": form}, status=422)
    Cart(request.session).add(product, form.cleaned_data["quantity"])
    messages.success(request, f"“{product.name}” is in your cart.")
    return redirect("shop:cart")


def _cart_context(request):
    lines = Cart(request.session).lines()
    return {"lines": lines, "total": sum(line.amount for line in lines)}


@require_safe
def cart(request):
    return render(request, "shop/cart.html", _cart_context(request))


@require_POST
def cart_set(request, product_id):
    form = CartLineForm(request.POST)
    if form.is_valid():
        Cart(request.session).set(product_id, form.cleaned_data["quantity"])
    else:
        messages.error(request, "Please give a quantity from 0 to 99.")
    return redirect("shop:cart")


def checkout(request):
    cart = Cart(request.session)
    form = CheckoutForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                order = place_order(form.cleaned_data["email"], cart.quantities)
            except CannotOrder as error:
                form.add_error(None, str(error))
                status = 409
            else:
                cart.clear()
                messages.success(request, "Thank you. Your order has been placed.")
                return redirect(order)
    context = _cart_context(request)
    if not context["lines"] and not form.errors:
        return redirect("shop:cart")
    return render(request, "shop/checkout.html", {**context, "form": form}, status=status)


@require_safe
@never_cache
def order(request, number):
    order = get_object_or_404(
        Order.objects.with_total().prefetch_related("lines__product"), number=number
    )
    return render(request, "shop/order.html", {"order": order})


@require_GET
@never_cache
def healthz(request):
    """For load balancers and monitors.

    /healthz runs SELECT 1: it wakes a sleeping database, and, asked more often than every five minutes, never lets
    it sleep. Ask it by hand, or after a deployment. For what asks all the time use /healthz?database=no, which says
    that this process answers and leaves the database alone.
    """
    if request.GET.get("database") == "no":
        return JsonResponse({"status": "ok", "database": "not checked"})
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        # The reason goes to the log: it may name hosts and roles, which are nobody else's business.
        logger.exception("The health check did not reach the database")
        return JsonResponse({"status": "error", "database": "not reachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
