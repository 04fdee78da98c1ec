import Foundation
import Synchronization

/// What must not outlive the test process: children that still run, and temporary folders.
final class ChildRegistry: Sendable {
  static let shared = ChildRegistry()

  private struct Contents {
    var children: [WeakProcess] = []
    var folders: Set<String> = []
  }

  private let contents = Mutex(Contents())

  private init() {
    atexit { ChildRegistry.shared.endAll() }
  }

  func add(_ process: RunningProcess) {
    contents.withLock { contents in
      contents.children.removeAll { $0.process == nil }
      contents.children.append(WeakProcess(process: process))
    }
  }

  /// Makes a fresh temporary folder that is gone at the end of the process at the latest.
  func makeFolder(_ label: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("teller-\(label)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    contents.withLock { _ = $0.folders.insert(folder.path) }
    return folder
  }

  func removeFolder(_ folder: URL) {
    contents.withLock { _ = $0.folders.remove(folder.path) }
    try? FileManager.default.removeItem(at: folder)
  }

  private func endAll() {
    let (children, folders) = contents.withLock { ($0.children, $0.folders) }
    for child in children { child.process?.signal(SIGKILL, wholeGroup: true) }
    for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
  }
}

/// A child that the registry does not keep alive.
private struct WeakProcess: Sendable {
  weak let process: RunningProcess?
}
