// Made by 'SHEAF_UPDATE_GOLDEN=1 swift test --filter TemplateCatalogTests' when files come or go; what is in them is
// read when this is compiled.
#include "CTemplates.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char container_service__sheafignore[] = {
#embed "../../templates/container-service/.sheafignore"
};
static const unsigned char container_service_README_md[] = {
#embed "../../templates/container-service/README.md"
};
static const unsigned char container_service_bundle_yaml[] = {
#embed "../../templates/container-service/bundle.yaml"
};
static const unsigned char container_service_config_check_sh[] = {
#embed "../../templates/container-service/config/check.sh"
};
static const unsigned char container_service_config_index_html[] = {
#embed "../../templates/container-service/config/index.html"
};
static const unsigned char container_service_config_web_sh[] = {
#embed "../../templates/container-service/config/web.sh"
};
static const unsigned char container_service_resources_check_yaml[] = {
#embed "../../templates/container-service/resources/check.yaml"
};
static const unsigned char container_service_resources_web_yaml[] = {
#embed "../../templates/container-service/resources/web.yaml"
};
static const unsigned char data_product__sheafignore[] = {
#embed "../../templates/data-product/.sheafignore"
};
static const unsigned char data_product_README_md[] = {
#embed "../../templates/data-product/README.md"
};
static const unsigned char data_product_bundle_yaml[] = {
#embed "../../templates/data-product/bundle.yaml"
};
static const unsigned char data_product_config_check_sh[] = {
#embed "../../templates/data-product/config/check.sh"
};
static const unsigned char data_product_config_index_html[] = {
#embed "../../templates/data-product/config/index.html"
};
static const unsigned char data_product_config_load_sh[] = {
#embed "../../templates/data-product/config/load.sh"
};
static const unsigned char data_product_config_site_sh[] = {
#embed "../../templates/data-product/config/site.sh"
};
static const unsigned char data_product_config_totals_sh[] = {
#embed "../../templates/data-product/config/totals.sh"
};
static const unsigned char data_product_data_measurements_csv[] = {
#embed "../../templates/data-product/data/measurements.csv"
};
static const unsigned char data_product_resources_load_yaml[] = {
#embed "../../templates/data-product/resources/load.yaml"
};
static const unsigned char data_product_resources_site_yaml[] = {
#embed "../../templates/data-product/resources/site.yaml"
};
static const unsigned char data_product_resources_totals_yaml[] = {
#embed "../../templates/data-product/resources/totals.yaml"
};
static const unsigned char dbt_project__sheafignore[] = {
#embed "../../templates/dbt-project/.sheafignore"
};
static const unsigned char dbt_project_README_md[] = {
#embed "../../templates/dbt-project/README.md"
};
static const unsigned char dbt_project_bundle_yaml[] = {
#embed "../../templates/dbt-project/bundle.yaml"
};
static const unsigned char dbt_project_config_build_sh[] = {
#embed "../../templates/dbt-project/config/build.sh"
};
static const unsigned char dbt_project_config_tool_sh[] = {
#embed "../../templates/dbt-project/config/tool.sh"
};
static const unsigned char dbt_project_dbt_dbt_project_yml[] = {
#embed "../../templates/dbt-project/dbt/dbt_project.yml"
};
static const unsigned char dbt_project_dbt_models_models_yml[] = {
#embed "../../templates/dbt-project/dbt/models/models.yml"
};
static const unsigned char dbt_project_dbt_models_sensors_sql[] = {
#embed "../../templates/dbt-project/dbt/models/sensors.sql"
};
static const unsigned char dbt_project_dbt_models_warm_days_sql[] = {
#embed "../../templates/dbt-project/dbt/models/warm_days.sql"
};
static const unsigned char dbt_project_dbt_profiles_yml[] = {
#embed "../../templates/dbt-project/dbt/profiles.yml"
};
static const unsigned char dbt_project_dbt_seeds_measurements_csv[] = {
#embed "../../templates/dbt-project/dbt/seeds/measurements.csv"
};
static const unsigned char dbt_project_resources_build_yaml[] = {
#embed "../../templates/dbt-project/resources/build.yaml"
};
static const unsigned char steampipe_source__sheafignore[] = {
#embed "../../templates/steampipe-source/.sheafignore"
};
static const unsigned char steampipe_source_README_md[] = {
#embed "../../templates/steampipe-source/README.md"
};
static const unsigned char steampipe_source_bundle_yaml[] = {
#embed "../../templates/steampipe-source/bundle.yaml"
};
static const unsigned char steampipe_source_config_check_sh[] = {
#embed "../../templates/steampipe-source/config/check.sh"
};
static const unsigned char steampipe_source_config_source_spc[] = {
#embed "../../templates/steampipe-source/config/source.spc"
};
static const unsigned char steampipe_source_data_measurements_csv[] = {
#embed "../../templates/steampipe-source/data/measurements.csv"
};
static const unsigned char steampipe_source_resources_access_yaml[] = {
#embed "../../templates/steampipe-source/resources/access.yaml"
};
static const unsigned char steampipe_source_resources_check_yaml[] = {
#embed "../../templates/steampipe-source/resources/check.yaml"
};
static const unsigned char steampipe_source_resources_depot_yaml[] = {
#embed "../../templates/steampipe-source/resources/depot.yaml"
};
static const unsigned char steampipe_source_resources_source_yaml[] = {
#embed "../../templates/steampipe-source/resources/source.yaml"
};

static const struct sheaf_template_file files[] = {
    {"container-service", ".sheafignore", container_service__sheafignore, sizeof container_service__sheafignore, false},
    {"container-service", "README.md", container_service_README_md, sizeof container_service_README_md, false},
    {"container-service", "bundle.yaml", container_service_bundle_yaml, sizeof container_service_bundle_yaml, false},
    {"container-service", "config/check.sh", container_service_config_check_sh, sizeof container_service_config_check_sh, false},
    {"container-service", "config/index.html", container_service_config_index_html, sizeof container_service_config_index_html, false},
    {"container-service", "config/web.sh", container_service_config_web_sh, sizeof container_service_config_web_sh, false},
    {"container-service", "resources/check.yaml", container_service_resources_check_yaml, sizeof container_service_resources_check_yaml, false},
    {"container-service", "resources/web.yaml", container_service_resources_web_yaml, sizeof container_service_resources_web_yaml, false},
    {"data-product", ".sheafignore", data_product__sheafignore, sizeof data_product__sheafignore, false},
    {"data-product", "README.md", data_product_README_md, sizeof data_product_README_md, false},
    {"data-product", "bundle.yaml", data_product_bundle_yaml, sizeof data_product_bundle_yaml, false},
    {"data-product", "config/check.sh", data_product_config_check_sh, sizeof data_product_config_check_sh, false},
    {"data-product", "config/index.html", data_product_config_index_html, sizeof data_product_config_index_html, false},
    {"data-product", "config/load.sh", data_product_config_load_sh, sizeof data_product_config_load_sh, false},
    {"data-product", "config/site.sh", data_product_config_site_sh, sizeof data_product_config_site_sh, false},
    {"data-product", "config/totals.sh", data_product_config_totals_sh, sizeof data_product_config_totals_sh, false},
    {"data-product", "data/measurements.csv", data_product_data_measurements_csv, sizeof data_product_data_measurements_csv, false},
    {"data-product", "resources/load.yaml", data_product_resources_load_yaml, sizeof data_product_resources_load_yaml, false},
    {"data-product", "resources/site.yaml", data_product_resources_site_yaml, sizeof data_product_resources_site_yaml, false},
    {"data-product", "resources/totals.yaml", data_product_resources_totals_yaml, sizeof data_product_resources_totals_yaml, false},
    {"dbt-project", ".sheafignore", dbt_project__sheafignore, sizeof dbt_project__sheafignore, false},
    {"dbt-project", "README.md", dbt_project_README_md, sizeof dbt_project_README_md, false},
    {"dbt-project", "bundle.yaml", dbt_project_bundle_yaml, sizeof dbt_project_bundle_yaml, false},
    {"dbt-project", "config/build.sh", dbt_project_config_build_sh, sizeof dbt_project_config_build_sh, false},
    {"dbt-project", "config/tool.sh", dbt_project_config_tool_sh, sizeof dbt_project_config_tool_sh, false},
    {"dbt-project", "dbt/dbt_project.yml", dbt_project_dbt_dbt_project_yml, sizeof dbt_project_dbt_dbt_project_yml, false},
    {"dbt-project", "dbt/models/models.yml", dbt_project_dbt_models_models_yml, sizeof dbt_project_dbt_models_models_yml, false},
    {"dbt-project", "dbt/models/sensors.sql", dbt_project_dbt_models_sensors_sql, sizeof dbt_project_dbt_models_sensors_sql, false},
    {"dbt-project", "dbt/models/warm_days.sql", dbt_project_dbt_models_warm_days_sql, sizeof dbt_project_dbt_models_warm_days_sql, false},
    {"dbt-project", "dbt/profiles.yml", dbt_project_dbt_profiles_yml, sizeof dbt_project_dbt_profiles_yml, false},
    {"dbt-project", "dbt/seeds/measurements.csv", dbt_project_dbt_seeds_measurements_csv, sizeof dbt_project_dbt_seeds_measurements_csv, false},
    {"dbt-project", "resources/build.yaml", dbt_project_resources_build_yaml, sizeof dbt_project_resources_build_yaml, false},
    {"steampipe-source", ".sheafignore", steampipe_source__sheafignore, sizeof steampipe_source__sheafignore, false},
    {"steampipe-source", "README.md", steampipe_source_README_md, sizeof steampipe_source_README_md, false},
    {"steampipe-source", "bundle.yaml", steampipe_source_bundle_yaml, sizeof steampipe_source_bundle_yaml, false},
    {"steampipe-source", "config/check.sh", steampipe_source_config_check_sh, sizeof steampipe_source_config_check_sh, false},
    {"steampipe-source", "config/source.spc", steampipe_source_config_source_spc, sizeof steampipe_source_config_source_spc, false},
    {"steampipe-source", "data/measurements.csv", steampipe_source_data_measurements_csv, sizeof steampipe_source_data_measurements_csv, false},
    {"steampipe-source", "resources/access.yaml", steampipe_source_resources_access_yaml, sizeof steampipe_source_resources_access_yaml, false},
    {"steampipe-source", "resources/check.yaml", steampipe_source_resources_check_yaml, sizeof steampipe_source_resources_check_yaml, false},
    {"steampipe-source", "resources/depot.yaml", steampipe_source_resources_depot_yaml, sizeof steampipe_source_resources_depot_yaml, false},
    {"steampipe-source", "resources/source.yaml", steampipe_source_resources_source_yaml, sizeof steampipe_source_resources_source_yaml, false},
};

const struct sheaf_template_file *sheaf_template_file(size_t number) {
    return number < sizeof files / sizeof *files ? &files[number] : NULL;
}
