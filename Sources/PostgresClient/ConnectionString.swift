import CLibpq

/// The parameters of a connection URL or of libpq's `key=value` text.
struct ConnectionString {
  private(set) var values: [String: String] = [:]

  init(_ values: [String: String] = [:]) { self.values = values }

  /// Reads a URL. libpq's own message is not passed on: it may quote a part of the password.
  static func parse(_ text: String) throws(PostgresError) -> ConnectionString {
    guard let options = unsafe PQconninfoParse(text, nil) else {
      throw .usage(
        "the connection URL cannot be read",
        hint: "Write postgresql://user@host:5432/database?parameter=value and percent-encode the special "
          + "characters of a password.")
    }
    defer { unsafe PQconninfoFree(options) }
    let parsed = unsafe ConnectionString(values(of: options))
    if parsed["host"]?.contains("@") == true {
      throw .usage(
        "the host of the connection URL contains @", hint: "Percent-encode the @ of the password as %40.")
    }
    return parsed
  }

  /// What libpq takes from its environment (`PGHOST`…) and its built-in values.
  static func defaults() -> ConnectionString {
    guard let options = unsafe PQconndefaults() else { return ConnectionString() }
    defer { unsafe PQconninfoFree(options) }
    return unsafe ConnectionString(values(of: options))
  }

  /// The list ends with an entry without keyword.
  private static func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
    var values: [String: String] = [:]
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe values[String(cString: keyword)] = unsafe String(cString: value)
      }
      unsafe option += 1
    }
    return values
  }

  subscript(key: String) -> String? {
    get { values[key] }
    set { values[key] = newValue }
  }

  /// libpq's text form, with everything quoted; it holds the password.
  var text: String {
    values.sorted { $0.key < $1.key }.map { key, value in
      let quoted = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      return "\(key)='\(quoted)'"
    }.joined(separator: " ")
  }
}
