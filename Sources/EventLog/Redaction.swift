/// Keeps secrets out of a log: by a field's name, and by the one shape of text that often holds a password.
enum Redaction {
  private static let names: Set<String> = [
    "password", "passwd", "pwd", "pgpassword", "secret", "token", "credential", "credentials",
    "authorization",
    "passphrase", "cookie",
  ]
  private static let endings = ["ssl.key.pem", "sasl.jaas.config", "apikey", "api.key", "private.key"]

  /// Whether a field's value is never printed: a part of its name is a word for a secret, as in
  /// `sasl.password` or `client_secret`.
  static func hides(_ name: String) -> Bool {
    let lowered = name.lowercased().map { "_-".contains($0) ? "." : $0 }
    let parts = lowered.split(separator: ".").map { String($0) }
    return parts.contains(where: names.contains)
      || endings.contains { parts.joined(separator: ".").hasSuffix($0) }
  }

  /// The text with the password of `scheme://user:password@host` and of `password=…` replaced by `***`.
  static func masked(_ text: String) -> String {
    var result = text
    if text.contains("://") {
      result.replace(/:\/\/([^\s:\/@]*):[^\s\/]*@/) { "://\($0.output.1):***@" }
    }
    if text.contains("password=") {
      result.replace(/password=('(?:[^'\\]|\\.)*'|[^\s&;,]+)/) { _ in "password=***" }
    }
    return result
  }
}
