#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where and how to connect. Checked when made; its description never shows a secret.
public struct PostgresConfiguration: Sendable {
  /// One attempt for each host, in order.
  let targets: [ConnectionString]
  /// How long one attempt may take; nil is for ever (`connect_timeout=0`).
  let attemptTimeout: Duration?
  /// Becomes `Connection.deadline`.
  public var deadline: Duration?
  /// Receives the server's notices and warnings, on the thread that reads the connection.
  public var noticeHandler: (@Sendable (PostgresError) -> Void)?

  /// Reads `url`, or takes libpq's environment (`PGHOST`, `PGUSER`…) where it is nil.
  ///
  /// Adds timeouts, keepalives and `target_session_attrs=read-write` where neither the URL nor the
  /// environment sets them. `settings` become run-time options of the session (`-c name=value`).
  /// - Throws: a usage error with a hint for a URL or a setting that cannot be read.
  public init(
    url: String?, applicationName: String, settings: [String: String] = [:]
  ) throws(PostgresError) {
    var base =
      try url.map { url throws(PostgresError) in try ConnectionString.parse(url) } ?? ConnectionString()
    let environment = ConnectionString.defaults()
    for (key, variable, value) in Self.additions where base[key] == nil && !Self.isSet(variable) {
      base[key] = value
    }
    // An application name of the URL gives way: the program finds its own sessions by it.
    base["application_name"] = applicationName
    base["client_encoding"] = "UTF8"
    base["options"] = try Self.options(base["options"] ?? environment["options"], settings)
    let seconds = (base["connect_timeout"] ?? environment["connect_timeout"]).flatMap { Int($0) } ?? 5
    // libpq takes 1 as 2, and 0 or less as no limit.
    attemptTimeout = seconds <= 0 ? nil : .seconds(max(2, seconds))
    targets = Self.targets(base, environment)
  }

  /// Parameter, its environment variable, and the value for a writer that must notice a dead server.
  ///
  /// Source: libpq 15, 34.1.2. The TCP parameters are ignored on a Unix socket.
  private static let additions = [
    ("connect_timeout", "PGCONNECT_TIMEOUT", "5"),
    ("keepalives", nil, "1"),
    ("keepalives_idle", nil, "5"),
    ("keepalives_interval", nil, "2"),
    ("keepalives_count", nil, "3"),
    ("tcp_user_timeout", nil, "10000"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS", "read-write"),
  ]

  private static func isSet(_ variable: String?) -> Bool {
    // The environment is not changed while it is read: the program never calls setenv.
    variable.map { unsafe getenv($0) != nil } ?? false
  }

  /// Adds the settings to the options of the URL, quoted as libpq wants it (34.1.2: backslash before a
  /// space).
  private static func options(
    _ given: String?, _ settings: [String: String]
  ) throws(PostgresError) -> String? {
    var parts = given.map { [$0] } ?? []
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      let isName =
        name.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) } == true
        && name.utf8.allSatisfy(Self.isNameByte)
      guard isName, !value.utf8.contains(0) else {
        throw .usage(
          "\(name.debugDescription) is no setting of PostgreSQL",
          hint: "A name is made of letters, digits, _ and dots; a value has no NUL.")
      }
      let quoted = value.replacing("\\", with: "\\\\").replacing(" ", with: "\\ ")
        .replacing("\t", with: "\\\t").replacing("\n", with: "\\\n")
      parts.append("-c \(name)=\(quoted)")
    }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// One target for each host of the list: libpq applies `connect_timeout` only in its blocking call, which
  /// hides the SQLSTATE of a refusal; so each host is tried here.
  ///
  /// `prefer-standby` looks at all hosts twice, and a service file names hosts elsewhere: left to libpq.
  private static func targets(_ base: ConnectionString, _ environment: ConnectionString) -> [ConnectionString]
  {
    func list(_ key: String) -> [String] {
      (base[key] ?? environment[key] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        .map(String.init)
    }
    let hosts = list("host")
    let addresses = list("hostaddr")
    let ports = list("port")
    let count = max(hosts.count, addresses.count)
    let preference = base["target_session_attrs"] ?? environment["target_session_attrs"]
    guard count > 1, preference != "prefer-standby", base["service"] == nil else { return [base] }
    // Lists of different lengths are libpq's to refuse.
    guard hosts.count == count || hosts == [""], addresses.count == count || addresses == [""],
      ports.count == count || ports.count <= 1
    else { return [base] }
    return (0..<count).map { index in
      var one = base
      for (key, values) in [("host", hosts), ("hostaddr", addresses), ("port", ports)] where values != [""] {
        one[key] = values[values.count == 1 ? 0 : index]
      }
      return one
    }
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
  /// Host, port, database, user and application: never a password, a key or the whole URL.
  public var description: String {
    let shown = ["host", "hostaddr", "port", "dbname", "user", "application_name", "options", "sslmode"]
    return targets.map { target in
      shown.compactMap { key in target[key].map { "\(key)=\($0)" } }.joined(separator: " ")
    }.joined(separator: ", ")
  }

  /// Shows only the description, so that `dump` and string reflection give no secret away.
  public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
