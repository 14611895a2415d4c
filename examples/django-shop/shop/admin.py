from django.contrib import admin, messages
from django.db.models import F, Sum

from .models import Order, OrderLine, Product
from .orders import cancel_order


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "price", "stock", "active", "sold"]
    list_editable = ["price", "active"]
    list_filter = ["active"]
    search_fields = ["name", "description"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(sold_count=Sum("order_lines__quantity"))

    @admin.display(description="ordered so far", ordering="sold_count")
    def sold(self, product):
        return product.sold_count or 0


class OrderLineInline(admin.TabularInline):
    """To be read only: a line changed here would leave the stock as it was."""

    model = OrderLine
    fields = ["product", "quantity", "unit_price", "amount"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("product")


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "email", "created_at", "status", "items", "total"]
    list_filter = ["status", "created_at"]
    search_fields = ["number", "email"]
    date_hierarchy = "created_at"
    readonly_fields = ["number", "created_at", "status", "total"]
    fields = ["number", "email", "created_at", "status", "total"]
    inlines = [OrderLineInline]
    actions = ["ship", "cancel"]

    def has_add_permission(self, request):
        return False  # Orders come from the shop, where stock is counted.

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                item_count=Sum("lines__quantity"),
                total_amount=Sum(F("lines__quantity") * F("lines__unit_price")),
            )
        )

    @admin.display(ordering="item_count")
    def items(self, order):
        return order.item_count or 0

    @admin.display(ordering="total_amount")
    def total(self, order):
        return order.total_amount or 0

    @admin.action(description="Mark as shipped", permissions=["change"])
    def ship(self, request, orders):
        # By id: Postgres refuses an UPDATE through the grouped query above.
        count = Order.objects.filter(
            pk__in=[order.pk for order in orders], status=Order.Status.PLACED
        ).update(status=Order.Status.SHIPPED)
        self.message_user(request, f"{count} marked as shipped.", messages.SUCCESS)

    @admin.action(description="Cancel, and put the goods back into stock", permissions=["change"])
    def cancel(self, request, orders):
        count = sum(cancel_order(order) for order in orders)
        self.message_user(request, f"{count} cancelled.", messages.SUCCESS)
