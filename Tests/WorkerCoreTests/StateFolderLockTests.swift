import Foundation
import Testing
import Wire

@testable import WorkerCore

@Suite struct StateFolderLockTests {
    @Test func whoHoldsTheFolderIsNamedWithWhatToDo() throws {
        try withScratchFolder { folder in
            let state = folder.appending(path: "state")
            do {
                let lock = try StateFolderLock(state)
                let error = #expect(throws: JobError.self) { try StateFolderLock(state) }
                let holder = getpid()
                #expect(error?.description.contains("process \(holder),") == true)
                #expect(error?.description.contains("'kill \(holder)'") == true)
                withExtendedLifetime(lock) {}
            }
            // Whatever an earlier one left in the file.
            try Data("999999999\n".utf8).write(to: state.appending(path: "lock"))
            let again = try StateFolderLock(state)
            #expect(try String(contentsOf: state.appending(path: "lock"), encoding: .utf8) == "\(getpid())\n")
            withExtendedLifetime(again) {}
        }
    }

    @Test func aFolderThatCannotBeMadeIsSaid() {
        let error = #expect(throws: JobError.self) { try StateFolderLock(URL(fileURLWithPath: "/proc/none")) }
        #expect(error?.description.contains("/proc/none") == true && error?.code == .permissionDenied)
    }
}
