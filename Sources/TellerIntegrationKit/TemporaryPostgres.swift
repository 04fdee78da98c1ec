import Foundation
public import PostgresClient

/// A real PostgreSQL server of its own in a temporary folder, for tests.
///
/// It listens on a Unix socket in that folder and on a free port of 127.0.0.1, keeps nothing safe
/// (`fsync=off`), and is stopped and removed at the end of this process, however that ends.
public final class TemporaryPostgres: @unchecked Sendable {
  // Unchecked: all but `running` and `chosen` is set once; these are only touched under the lock.

  /// How the server is stopped or restarted.
  public enum StopMode: String, Sendable {
    /// Sessions are ended and the data is written.
    case fast
    /// As a crash: recovery follows at the next start.
    case immediate
  }

  /// The folder of everything; the Unix socket lies in it.
  public let folder: String
  /// The port on 127.0.0.1, also part of the socket's name.
  public let port: Int
  /// The superuser.
  public let user = "postgres"
  private let password: String?
  private let programs: PostgresCommand
  private let exitGuard: ExitGuard
  private let lock = NSLock()
  private var running = false
  private var chosen: [String: String] = [:]

  /// The one server of a process; each test makes its own database in it.
  public static var shared: TemporaryPostgres { get throws { try sharedResult.get() } }
  private static let sharedResult: Result<TemporaryPostgres, any Error> = Result { try TemporaryPostgres() }

  /// Makes and starts a server. With a password, logins over TCP and the socket need it (SCRAM).
  public convenience init(password: String? = nil, settings: [String: String] = [:]) throws {
    try self.init(inFolderOf: password)
    var arguments = ["-D", folder + "/data", "-U", user, "-E", "UTF8", "--locale=C", "--no-sync"]
    if let password {
      let file = folder + "/password"
      try password.write(toFile: file, atomically: true, encoding: .utf8)
      OperatingUser.handOver(file)
      arguments += ["-A", "scram-sha-256", "--pwfile=\(file)"]
    } else {
      arguments += ["-A", "trust"]
    }
    try programs.run("initdb", arguments)
    try start(settings: settings)
  }

  /// Everything but the data.
  private init(inFolderOf password: String?) throws {
    programs = try PostgresCommand.find()
    self.password = password
    // Short, since the path of a socket has at most 107 bytes.
    folder = "/tmp/teller-pg-" + UUID().uuidString.prefix(8).lowercased()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    OperatingUser.handOver(folder)
    exitGuard = try ExitGuard(folder: folder, processFile: folder + "/data/postmaster.pid")
    port = try Self.freePort()
  }

  /// Copies a running server without a password and starts the copy as its standby, by streaming replication.
  convenience init(standbyOf primary: TemporaryPostgres) throws {
    try self.init(inFolderOf: nil)
    let data = folder + "/data"
    let source = ["-h", primary.folder, "-p", "\(primary.port)", "-U", user]
    try programs.run("pg_basebackup", source + ["-D", data, "-X", "stream", "-c", "fast", "--no-sync"])
    let signal = data + "/standby.signal"
    try "".write(toFile: signal, atomically: true, encoding: .utf8)
    OperatingUser.handOver(signal)
    let way = "host=\(primary.folder) port=\(primary.port) user=\(user) application_name=standby"
    try start(settings: ["primary_conninfo": way])
  }

  deinit { exitGuard.release() }

  /// Starts the server and waits until it takes connections. `settings` are added to earlier ones and kept.
  public func start(settings: [String: String] = [:]) throws {
    lock.lock()
    defer { lock.unlock() }
    try write(settings)
    do {
      try programs.run("pg_ctl", ["start", "-w", "-t", "60", "-D", folder + "/data", "-l", logFile])
    } catch {
      throw TemporaryPostgresError(description: "\(error)\n\(log.suffix(2000))")
    }
    running = true
  }

  /// Changes settings of the running server that need no restart.
  func reload(settings: [String: String]) throws {
    lock.lock()
    defer { lock.unlock() }
    try write(settings)
    try programs.run("pg_ctl", ["reload", "-D", folder + "/data"])
  }

  /// Ends recovery and waits until the server takes writes, on a timeline of its own.
  func endRecovery() throws {
    try programs.run("pg_ctl", ["promote", "-w", "-t", "60", "-D", folder + "/data"])
  }

  private func write(_ settings: [String: String]) throws {
    var all = [
      "fsync": "off", "synchronous_commit": "on", "full_page_writes": "off", "max_connections": "100",
      "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": folder,
      "shared_buffers": "32MB", "log_line_prefix": "%m [%p] %a ", "lc_messages": "C",
    ]
    chosen.merge(settings) { $1 }
    all.merge(chosen) { $1 }
    let text = all.sorted { $0.key < $1.key }.map { key, value in
      "\(key) = '\(value.replacingOccurrences(of: "'", with: "''"))'\n"
    }
    let file = folder + "/data/postgresql.auto.conf"
    try text.joined().write(toFile: file, atomically: true, encoding: .utf8)
    OperatingUser.handOver(file)
  }

  /// Stops the server and waits until it has ended; the data stays.
  public func stop(mode: StopMode = .fast) throws {
    lock.lock()
    defer { lock.unlock() }
    guard running else { return }
    running = false
    try programs.run("pg_ctl", ["stop", "-w", "-m", mode.rawValue, "-D", folder + "/data"])
  }

  /// Stops and starts the server with the settings it had and these.
  public func restart(mode: StopMode = .fast, settings: [String: String] = [:]) throws {
    try stop(mode: mode)
    try start(settings: settings)
  }

  /// Stops the server and removes its folder. The end of the process does the same.
  public func remove() {
    try? stop(mode: .immediate)
    exitGuard.release()
  }

  /// The URL of the database `postgres` over the Unix socket.
  public var url: String { url(database: "postgres") }

  /// The URL of a database over the Unix socket.
  public func url(database: String) -> String {
    let secret = password.map { "&password=\(Self.encoded($0))" } ?? ""
    return "postgresql:///\(database)?host=\(folder)&port=\(port)&user=\(user)\(secret)"
  }

  /// The URL of a database over TCP, or through a proxy at another port of 127.0.0.1.
  public func tcpURL(database: String, port: Int? = nil) -> String {
    let secret = password.map { ":\(Self.encoded($0))" } ?? ""
    return "postgresql://\(user)\(secret)@127.0.0.1:\(port ?? self.port)/\(database)?sslmode=disable"
  }

  /// The path of the Unix socket.
  public var socketPath: String { "\(folder)/.s.PGSQL.\(port)" }
  /// The server's log file.
  public var logFile: String { folder + "/log" }
  /// The server's log so far.
  public var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

  /// Makes an empty database; its name is made unique by a suffix. Returns its name.
  public func createDatabaseName(_ prefix: String = "test") throws -> String {
    let name = prefix + "_" + UUID().uuidString.prefix(8).lowercased()
    let configuration = try PostgresConfiguration(url: url, applicationName: "teller-tests")
    var connection = try Connection.open(configuration)
    try connection.execute("CREATE DATABASE \"\(name)\"")
    return name
  }

  /// Makes an empty database; its name is made unique by a suffix. Returns its URL over the Unix socket.
  public func createDatabase(_ prefix: String = "test") throws -> String {
    url(database: try createDatabaseName(prefix))
  }

  /// Opens a connection to a database of this server.
  public func connect(
    _ url: String, settings: [String: String] = [:]
  ) throws -> Connection {
    try Connection.open(
      PostgresConfiguration(url: url, applicationName: "teller-tests", settings: settings))
  }

  private static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  private static func freePort() throws -> Int {
    let listener = try TCPListener()
    defer { listener.close() }
    return listener.port
  }
}
