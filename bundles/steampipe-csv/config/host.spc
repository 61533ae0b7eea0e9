connection "settings" {
  plugin    = "config"
  yml_paths = ["/etc/dataos/config/*.yml"]
  ini_paths = ["/etc/dataos/config/*.ini"]
}

# Whoever knows the password may run commands as the user of the service.
connection "host" {
  plugin = "exec"
}
