-- The mean of each sensor.
select sensor, count(*) as measurements, round(avg(value), 2) as mean
from {{ ref('measurements') }}
group by sensor
