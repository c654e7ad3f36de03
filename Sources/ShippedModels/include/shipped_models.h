#pragma once

/// The folder beside the programs into which SwiftPM copies the models, with `models.json`, which lists them.
///
/// This target is in C because of its resources only: the accessor that SwiftPM generates for a Swift target ends the
/// program where the folder is missing, and programs without their models must start all the same.
extern const char *const grove_shipped_models_folder;
