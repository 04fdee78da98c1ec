// Objects and arrays inside a field: metadata, and whatever a request should not contain.

extension JSONScanner {
  /// What may come next inside a container.
  private enum Expected {
    case firstMember, member, firstElement, element, separator
  }

  /// A member's name and the object it stands in, so that one set finds the repeats of all objects.
  private struct ScopedName: Hashable {
    let object: Int
    let name: [UInt8]
  }

  /// An object or array. The open ones are a stack on the heap: no nesting overflows the thread's own.
  @inline(never)
  mutating func container(_ bytes: RawSpan) throws(JSONDefect) -> JSONToken {
    let start = position
    let kind: JSONToken.Kind = bytes.byte(position) == UInt8(ascii: "{") ? .object : .array
    // The serial number of each open object, 0 for an open array.
    var open: [Int] = []
    var objects = 0
    var names: Set<ScopedName> = []
    var expected = Expected.element
    repeat {
      let byte = try peek(bytes)
      let closes = byte == (open.last == 0 ? UInt8(ascii: "]") : UInt8(ascii: "}"))
      switch expected {
      case .firstMember where closes, .firstElement where closes, .separator where closes:
        position += 1
        open.removeLast()
        expected = .separator
      case .firstMember, .member:
        let name = try name(bytes)
        remember(name, of: open.last ?? 0, &names, bytes)
        expected = .element
      case .separator:
        guard byte == UInt8(ascii: ",") else { throw .syntax }
        position += 1
        expected = open.last == 0 ? .element : .member
      case .firstElement, .element:
        expected = try element(byte, &open, &objects, bytes)
      }
    } while !open.isEmpty
    return JSONToken(kind, start..<position)
  }

  /// A value inside a container: opens the next one, or passes over a scalar.
  private mutating func element(
    _ byte: UInt8, _ open: inout [Int], _ objects: inout Int, _ bytes: RawSpan
  ) throws(JSONDefect) -> Expected {
    switch byte {
    case UInt8(ascii: "{"):
      position += 1
      objects += 1
      open.append(objects)
      depth = max(depth, open.count)
      return .firstMember
    case UInt8(ascii: "["):
      position += 1
      open.append(0)
      depth = max(depth, open.count)
      return .firstElement
    case UInt8(ascii: "\""):
      position += 1
      _ = try string(bytes)
    default:
      _ = try bare(bytes)
    }
    return .separator
  }

  private mutating func remember(
    _ name: JSONToken, of object: Int, _ names: inout Set<ScopedName>, _ bytes: RawSpan
  ) {
    let spelled = bytes.extracting(name.range)
    let text = name.spelling == .plain ? spelled.copy() : JSONEscapes.resolve(spelled)
    if !names.insert(ScopedName(object: object, name: text)).inserted { repeatedName = true }
  }
}
