connection "north" {
  plugin = "csv"
  paths  = ["/var/dataos/persistent_data/regions/north/*.csv"]
}

connection "south" {
  plugin = "csv"
  paths  = ["/var/dataos/persistent_data/regions/south/*.csv"]
}

# A column that only some regions have is null in the rows of the others.
connection "all_regions" {
  plugin      = "csv"
  type        = "aggregator"
  connections = ["*th"]
}
