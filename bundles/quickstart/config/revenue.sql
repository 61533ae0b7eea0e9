-- Every column of a CSV file is text.
select coalesce(json_agg(line order by line.revenue desc), '[]')
from (
    select p.category,
           count(*) as orders,
           sum(o.quantity::int) as units,
           sum(o.quantity::int * p.price::numeric) as revenue
    from shop.orders o
    join shop.products p on p.product_id = o.product_id
    group by p.category
) line;
