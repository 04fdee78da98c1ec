import Foundation
public import Teller

/// How `teller.dead_letter.headers` keeps a record's own headers: the JSON text `[["name","base64"],["name",null]]`, in
/// the record's order, names repeated as they were; SQL null where the record had none.
public enum RecordHeaderText {
  /// The text of a record's headers; nil where there are none.
  public static func encode(_ headers: [RecordHeader]) -> String? {
    guard !headers.isEmpty else { return nil }
    let pairs = headers.map { header in
      let value = header.value.map { "\"\(Data($0).base64EncodedString())\"" } ?? "null"
      return "[\(quoted(header.name)),\(value)]"
    }
    return "[\(pairs.joined(separator: ","))]"
  }

  /// The headers that a text stands for; nil where it is not such a text.
  public static func decode(_ text: String) -> [RecordHeader]? {
    guard let pairs = try? JSONDecoder().decode([[String?]].self, from: Data(text.utf8)) else { return nil }
    var headers: [RecordHeader] = []
    for pair in pairs {
      guard pair.count == 2, let name = pair[0] else { return nil }
      guard let value = pair[1] else {
        headers.append(RecordHeader(name: name, value: nil))
        continue
      }
      guard let bytes = Data(base64Encoded: value) else { return nil }
      headers.append(RecordHeader(name: name, value: [UInt8](bytes)))
    }
    return headers
  }

  /// A JSON string. U+0000 too is an escape, which the type `json` takes and `jsonb` would not.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
