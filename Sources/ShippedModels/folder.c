#include "shipped_models.h"

const char *const grove_shipped_models_folder = "grove_ShippedModels.resources/Models";
