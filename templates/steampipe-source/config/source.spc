# Each CSV file is a table of the schema "files". Where the real steampipe is installed, any of its plugins works here.
connection "files" {
  plugin = "csv"
  paths  = ["/etc/dataos/config/*.csv"]
}
