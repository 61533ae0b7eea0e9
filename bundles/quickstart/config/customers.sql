select coalesce(json_agg(line order by line.revenue desc), '[]')
from (
    select c.name,
           c.city,
           count(*) as orders,
           sum(o.quantity::int * p.price::numeric) as revenue
    from shop.orders o
    join shop.customers c on c.customer_id = o.customer_id
    join shop.products p on p.product_id = o.product_id
    group by c.name, c.city
    order by revenue desc
    limit 5
) line;
