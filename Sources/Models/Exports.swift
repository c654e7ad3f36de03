// Networks, files and runs are described by its values, and so are this module's own interfaces.
@_exported import ModelSettings
