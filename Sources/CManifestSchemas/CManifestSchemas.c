#include "CManifestSchemas.h"

// Files are embedded by the compiler, which then also knows when to compile anew; `#embed` is C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

// A test holds this list against the folders.
static const uint8_t file_0[] = {
#embed "../SheafManifest/Kinds/bundle.yaml"
};
static const uint8_t file_1[] = {
#embed "../SheafManifest/Kinds/cluster.yaml"
};
static const uint8_t file_2[] = {
#embed "../SheafManifest/Kinds/common.yaml"
};
static const uint8_t file_3[] = {
#embed "../SheafManifest/Kinds/compute.yaml"
};
static const uint8_t file_4[] = {
#embed "../SheafManifest/Kinds/data.yaml"
};
static const uint8_t file_5[] = {
#embed "../SheafManifest/Kinds/database.yaml"
};
static const uint8_t file_6[] = {
#embed "../SheafManifest/Kinds/dataplane.yaml"
};
static const uint8_t file_7[] = {
#embed "../SheafManifest/Kinds/depot.yaml"
};
static const uint8_t file_8[] = {
#embed "../SheafManifest/Kinds/grant.yaml"
};
static const uint8_t file_9[] = {
#embed "../SheafManifest/Kinds/instance-secret.yaml"
};
static const uint8_t file_10[] = {
#embed "../SheafManifest/Kinds/lakehouse.yaml"
};
static const uint8_t file_11[] = {
#embed "../SheafManifest/Kinds/lens.yaml"
};
static const uint8_t file_12[] = {
#embed "../SheafManifest/Kinds/monitor.yaml"
};
static const uint8_t file_13[] = {
#embed "../SheafManifest/Kinds/operator.yaml"
};
static const uint8_t file_14[] = {
#embed "../SheafManifest/Kinds/pager.yaml"
};
static const uint8_t file_15[] = {
#embed "../SheafManifest/Kinds/policy.yaml"
};
static const uint8_t file_16[] = {
#embed "../SheafManifest/Kinds/resource.yaml"
};
static const uint8_t file_17[] = {
#embed "../SheafManifest/Kinds/secret.yaml"
};
static const uint8_t file_18[] = {
#embed "../SheafManifest/Kinds/service.yaml"
};
static const uint8_t file_19[] = {
#embed "../SheafManifest/Kinds/stack.yaml"
};
static const uint8_t file_20[] = {
#embed "../SheafManifest/Kinds/volume.yaml"
};
static const uint8_t file_21[] = {
#embed "../SheafManifest/Kinds/worker.yaml"
};
static const uint8_t file_22[] = {
#embed "../SheafManifest/Kinds/workflow.yaml"
};
static const uint8_t file_23[] = {
#embed "../SheafManifest/Stacks/beacon.yaml"
};
static const uint8_t file_24[] = {
#embed "../SheafManifest/Stacks/bento.yaml"
};
static const uint8_t file_25[] = {
#embed "../SheafManifest/Stacks/container.yaml"
};
static const uint8_t file_26[] = {
#embed "../SheafManifest/Stacks/dataos-ctl.yaml"
};
static const uint8_t file_27[] = {
#embed "../SheafManifest/Stacks/dbt.yaml"
};
static const uint8_t file_28[] = {
#embed "../SheafManifest/Stacks/fastfun.yaml"
};
static const uint8_t file_29[] = {
#embed "../SheafManifest/Stacks/flare-sdk.yaml"
};
static const uint8_t file_30[] = {
#embed "../SheafManifest/Stacks/flare.yaml"
};
static const uint8_t file_31[] = {
#embed "../SheafManifest/Stacks/flash.yaml"
};
static const uint8_t file_32[] = {
#embed "../SheafManifest/Stacks/lakesearch.yaml"
};
static const uint8_t file_33[] = {
#embed "../SheafManifest/Stacks/nilus.yaml"
};
static const uint8_t file_34[] = {
#embed "../SheafManifest/Stacks/python3.yaml"
};
static const uint8_t file_35[] = {
#embed "../SheafManifest/Stacks/scanner.yaml"
};
static const uint8_t file_36[] = {
#embed "../SheafManifest/Stacks/soda.yaml"
};
static const uint8_t file_37[] = {
#embed "../SheafManifest/Stacks/steampipe.yaml"
};
static const uint8_t file_38[] = {
#embed "../SheafManifest/Stacks/stream-monitor.yaml"
};
static const uint8_t file_39[] = {
#embed "../SheafManifest/Stacks/talos.yaml"
};
static const uint8_t file_40[] = {
#embed "../SheafManifest/Stacks/toolbox.yaml"
};
static const uint8_t file_41[] = {
#embed "meta/draft-07.json"
};
static const uint8_t file_42[] = {
#embed "meta/draft-2020-12.json"
};
static const uint8_t file_43[] = {
#embed "meta/draft-2020-12-applicator.json"
};
static const uint8_t file_44[] = {
#embed "meta/draft-2020-12-content.json"
};
static const uint8_t file_45[] = {
#embed "meta/draft-2020-12-core.json"
};
static const uint8_t file_46[] = {
#embed "meta/draft-2020-12-format-annotation.json"
};
static const uint8_t file_47[] = {
#embed "meta/draft-2020-12-format-assertion.json"
};
static const uint8_t file_48[] = {
#embed "meta/draft-2020-12-meta-data.json"
};
static const uint8_t file_49[] = {
#embed "meta/draft-2020-12-unevaluated.json"
};
static const uint8_t file_50[] = {
#embed "meta/draft-2020-12-validation.json"
};

static const struct sheaf_embedded_schema files[] = {
    {"kinds/bundle.yaml", file_0, sizeof file_0},
    {"kinds/cluster.yaml", file_1, sizeof file_1},
    {"kinds/common.yaml", file_2, sizeof file_2},
    {"kinds/compute.yaml", file_3, sizeof file_3},
    {"kinds/data.yaml", file_4, sizeof file_4},
    {"kinds/database.yaml", file_5, sizeof file_5},
    {"kinds/dataplane.yaml", file_6, sizeof file_6},
    {"kinds/depot.yaml", file_7, sizeof file_7},
    {"kinds/grant.yaml", file_8, sizeof file_8},
    {"kinds/instance-secret.yaml", file_9, sizeof file_9},
    {"kinds/lakehouse.yaml", file_10, sizeof file_10},
    {"kinds/lens.yaml", file_11, sizeof file_11},
    {"kinds/monitor.yaml", file_12, sizeof file_12},
    {"kinds/operator.yaml", file_13, sizeof file_13},
    {"kinds/pager.yaml", file_14, sizeof file_14},
    {"kinds/policy.yaml", file_15, sizeof file_15},
    {"kinds/resource.yaml", file_16, sizeof file_16},
    {"kinds/secret.yaml", file_17, sizeof file_17},
    {"kinds/service.yaml", file_18, sizeof file_18},
    {"kinds/stack.yaml", file_19, sizeof file_19},
    {"kinds/volume.yaml", file_20, sizeof file_20},
    {"kinds/worker.yaml", file_21, sizeof file_21},
    {"kinds/workflow.yaml", file_22, sizeof file_22},
    {"stacks/beacon.yaml", file_23, sizeof file_23},
    {"stacks/bento.yaml", file_24, sizeof file_24},
    {"stacks/container.yaml", file_25, sizeof file_25},
    {"stacks/dataos-ctl.yaml", file_26, sizeof file_26},
    {"stacks/dbt.yaml", file_27, sizeof file_27},
    {"stacks/fastfun.yaml", file_28, sizeof file_28},
    {"stacks/flare-sdk.yaml", file_29, sizeof file_29},
    {"stacks/flare.yaml", file_30, sizeof file_30},
    {"stacks/flash.yaml", file_31, sizeof file_31},
    {"stacks/lakesearch.yaml", file_32, sizeof file_32},
    {"stacks/nilus.yaml", file_33, sizeof file_33},
    {"stacks/python3.yaml", file_34, sizeof file_34},
    {"stacks/scanner.yaml", file_35, sizeof file_35},
    {"stacks/soda.yaml", file_36, sizeof file_36},
    {"stacks/steampipe.yaml", file_37, sizeof file_37},
    {"stacks/stream-monitor.yaml", file_38, sizeof file_38},
    {"stacks/talos.yaml", file_39, sizeof file_39},
    {"stacks/toolbox.yaml", file_40, sizeof file_40},
    {"http://json-schema.org/draft-07/schema", file_41, sizeof file_41},
    {"https://json-schema.org/draft/2020-12/schema", file_42, sizeof file_42},
    {"https://json-schema.org/draft/2020-12/meta/applicator", file_43, sizeof file_43},
    {"https://json-schema.org/draft/2020-12/meta/content", file_44, sizeof file_44},
    {"https://json-schema.org/draft/2020-12/meta/core", file_45, sizeof file_45},
    {"https://json-schema.org/draft/2020-12/meta/format-annotation", file_46, sizeof file_46},
    {"https://json-schema.org/draft/2020-12/meta/format-assertion", file_47, sizeof file_47},
    {"https://json-schema.org/draft/2020-12/meta/meta-data", file_48, sizeof file_48},
    {"https://json-schema.org/draft/2020-12/meta/unevaluated", file_49, sizeof file_49},
    {"https://json-schema.org/draft/2020-12/meta/validation", file_50, sizeof file_50},
};

const struct sheaf_embedded_schema *sheaf_embedded_schemas(void) { return files; }

size_t sheaf_embedded_schema_count(void) { return sizeof files / sizeof files[0]; }
