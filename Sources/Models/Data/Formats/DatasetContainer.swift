import Foundation
import Neural

/// Grove's own form of a data set, one safetensors file: `images` U8 [N, H, W, C], `labels` U8 [N] where classes are known,
/// and metadata `kind` = "dataset", `name`, `classes` (a JSON array of strings).
package enum DatasetContainer {
    static let kind = "dataset"

    /// Whether these bytes begin as a safetensors file does: a header length that fits, and an opening brace.
    static func isSafetensors(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 10, bytes[8] == UInt8(ascii: "{") else { return false }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return length <= UInt64(bytes.count - 8)
    }

    /// Equal data sets give equal bytes.
    package static func encode(_ dataset: ImageDataset) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let classes = String(decoding: try encoder.encode(dataset.classNames), as: UTF8.self)
        let shape = [dataset.count, dataset.height, dataset.width, dataset.channels]
        var tensors = [StoredTensor("images", dataset.pixels, shape: shape)]
        if let labels = dataset.labels { tensors.append(StoredTensor("labels", labels, shape: [dataset.count])) }
        return Safetensors.encode(
            tensors, metadata: ["kind": kind, "name": dataset.name, "classes": classes])
    }

    package static func decode(name: String, bytes: [UInt8]) throws(DatasetError) -> ImageDataset {
        do {
            return try dataset(name: name, file: Safetensors(bytes: bytes))
        } catch let error as SafetensorsError {
            throw DatasetError("\(name) cannot be read: \(error)")
        } catch let error as DatasetError {
            throw error
        } catch {
            throw DatasetError("The metadata “classes” of \(name) is no JSON array of strings; write the file again.")
        }
    }

    private static func dataset(name: String, file: Safetensors) throws -> ImageDataset {
        guard file.metadata["kind"] == kind else {
            throw DatasetError(
                "\(name) is a safetensors file but no data set (its metadata needs kind = \(kind)); "
                    + "a model or checkpoint belongs elsewhere.")
        }
        if let other = file.names.first(where: { $0 != "images" && $0 != "labels" }) {
            throw DatasetError("\(name) holds a tensor “\(other)”; a data set has “images” and “labels” only.")
        }
        guard let images = file["images"], images.type == .uint8, images.shape.count == 4 else {
            throw DatasetError("\(name) needs a tensor “images” of type U8 and shape [count, height, width, channels].")
        }
        if let labels = file["labels"], labels.type != .uint8 || labels.shape != [images.shape[0]] {
            throw DatasetError(
                "The tensor “labels” of \(name) must have type U8 and shape [\(images.shape[0])], one label an image.")
        }
        let classes = try file.metadata["classes"].map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) }
        return try ImageDataset(
            name: file.metadata["name"] ?? DatasetReader.datasetName(of: name), height: images.shape[1],
            width: images.shape[2], channels: images.shape[3], pixels: file.unsignedBytes("images"),
            labels: file["labels"] == nil ? nil : file.unsignedBytes("labels"), classNames: classes ?? [])
    }
}
