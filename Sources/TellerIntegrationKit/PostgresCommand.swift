import Foundation

/// A failure to prepare or run a temporary PostgreSQL server.
public struct TemporaryPostgresError: Error, CustomStringConvertible {
  /// What failed, with the end of the program's output.
  public let description: String
}

/// The programs of PostgreSQL 15 or later.
struct PostgresCommand {
  /// The folder of `initdb` and `pg_ctl`.
  let folder: String

  /// Finds them by `pg_config --bindir`, then where Debian puts them, the newest first.
  static func find() throws -> PostgresCommand {
    var candidates: [String] = []
    if let configured = try? run(["/usr/bin/env", "pg_config", "--bindir"]) {
      candidates.append(configured.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    let debian = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
    candidates += versions.compactMap { Int($0) }.filter { $0 >= 15 }.sorted(by: >).map {
      "\(debian)/\($0)/bin"
    }
    for folder in candidates where FileManager.default.isExecutableFile(atPath: folder + "/initdb") {
      return PostgresCommand(folder: folder)
    }
    throw TemporaryPostgresError(
      description: "PostgreSQL 15 or later was not found. Hint: apt install postgresql-15 (server programs).")
  }

  /// Runs one of the programs as the operating user. Throws with its output where it fails.
  @discardableResult
  func run(_ program: String, _ arguments: [String], log: String? = nil) throws -> String {
    try Self.run(OperatingUser.command([folder + "/" + program] + arguments), output: log)
  }

  /// Runs a command line to its end. Its output goes to a file, so that a server that it leaves behind does
  /// not keep a pipe open.
  @discardableResult
  static func run(_ command: [String], output path: String? = nil) throws -> String {
    let output = path ?? NSTemporaryDirectory() + "/teller-command-\(UUID().uuidString)"
    defer { if path == nil { try? FileManager.default.removeItem(atPath: output) } }
    let status = try SpawnedCommand(command, output: output).wait()
    let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    guard status == 0 else {
      throw TemporaryPostgresError(
        description: "\(command.joined(separator: " ")) failed (\(status)): \(text.suffix(2000))")
    }
    return text
  }
}
