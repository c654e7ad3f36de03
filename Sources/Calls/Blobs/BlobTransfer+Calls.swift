import SwiftProtobuf
import Wire

extension BlobTransfer {
    func call<Request: Message, Response: Message>(
        _ method: String, _ request: Request, bulk: [UInt8] = []
    ) throws(RPCError) -> (Response, bulk: [UInt8]) {
        try stop.wait(for: connection.begin(method, request, bulk: bulk, timeout: pieceTimeout))
    }
}
