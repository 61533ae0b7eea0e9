-- The days on which a sensor measured more than its mean.
select m.day, m.sensor, m.value
from {{ ref('measurements') }} m
join {{ ref('sensors') }} s on s.sensor = m.sensor
where m.value > s.mean
