connection "shop" {
  plugin = "csv"
  paths  = ["/var/dataos/persistent_data/shop/data/*.csv"]
}
