// A graph of ONNX as it grows. The choice: a value is a name that only this type makes up, and each operation is a function from
// values to a value, so that what builds a network reads as its equations.

import Foundation
import SwiftProtobuf

/// A tensor that a node of the graph computes, or that the file holds.
struct Value: Hashable {
    fileprivate let name: String
}

/// Builds a graph of operators of opset 17.
struct GraphBuilder {
    /// The version of the operators: new enough for all that we use, and old enough for tools of 2022.
    static let opset: Int64 = 17

    private(set) var graph = ONNXGraphProto()

    /// The constants so far, so that each is in the file once.
    private var constants: [[Int64]: Value] = [:]
    private var numbers: [Float: Value] = [:]

    /// - Parameter name: what viewers call the graph.
    init(name: String) { graph.name = name }

    /// Declares the graph's input of floats; a nil extent is that of the batch.
    mutating func input(_ name: String, shape: [Int?]) -> Value {
        graph.input.append(Self.declaration(name, shape))
        return Value(name: name)
    }

    /// Gives a value the name of the graph's output.
    mutating func output(_ value: Value, named name: String, shape: [Int?]) {
        var node = ONNXNodeProto()
        (node.opType, node.name, node.input, node.output) = ("Identity", name, [value.name], [name])
        graph.node.append(node)
        graph.output.append(Self.declaration(name, shape))
    }

    private static func declaration(_ name: String, _ shape: [Int?]) -> ONNXValueInfoProto {
        var declaration = ONNXValueInfoProto()
        declaration.name = name
        declaration.type.tensorType.elemType = Int32(ONNXTensorProto.DataType.float.rawValue)
        declaration.type.tensorType.shape.dim = shape.map { extent in
            var dimension = ONNXTensorShapeProto.Dimension()
            if let extent { dimension.dimValue = Int64(extent) } else { dimension.dimParam = "batch" }
            return dimension
        }
        return declaration
    }

    /// Puts floats into the file, row-major.
    mutating func tensor(_ name: String, shape: [Int], _ elements: [Float]) -> Value {
        append(name, shape.map(Int64.init), .float, elements.withUnsafeBytes { Data($0) })
    }

    /// A list of integers, such as a shape or axes.
    mutating func integers(_ elements: [Int]) -> Value {
        let elements = elements.map(Int64.init)
        if let known = constants[elements] { return known }
        let name = "integers_" + elements.map { "\($0)" }.joined(separator: "_")
        let value = append(name, [Int64(elements.count)], .int64, elements.withUnsafeBytes { Data($0) })
        constants[elements] = value
        return value
    }

    /// A number, which operators use for all elements.
    mutating func number(_ number: Float) -> Value {
        if let known = numbers[number] { return known }
        let value = append("number_\(numbers.count)", [], .float, withUnsafeBytes(of: number) { Data($0) })
        numbers[number] = value
        return value
    }

    private mutating func append(
        _ name: String, _ shape: [Int64], _ type: ONNXTensorProto.DataType, _ bytes: Data
    ) -> Value {
        var tensor = ONNXTensorProto()
        (tensor.name, tensor.dims, tensor.dataType, tensor.rawData) = (name, shape, Int32(type.rawValue), bytes)
        graph.initializer.append(tensor)
        return Value(name: name)
    }

    /// An attribute of an operator.
    enum Attribute {
        case float(Double)
        case integer(Int)
        case integers([Int])

        fileprivate func message(_ name: String) -> ONNXAttributeProto {
            var message = ONNXAttributeProto()
            message.name = name
            switch self {
            case .float(let it): (message.type, message.f) = (.float, Float(it))
            case .integer(let it): (message.type, message.i) = (.int, Int64(it))
            case .integers(let it): (message.type, message.ints) = (.ints, it.map(Int64.init))
            }
            return message
        }
    }

    /// Appends a node with one output.
    mutating func apply(_ operation: String, _ inputs: [Value], _ attributes: [String: Attribute] = [:]) -> Value {
        apply(operation, inputs, attributes, outputs: 1)[0]
    }

    /// Appends a node with several outputs.
    mutating func apply(
        _ operation: String, _ inputs: [Value], _ attributes: [String: Attribute] = [:], outputs: Int
    ) -> [Value] {
        var node = ONNXNodeProto()
        node.name = "\(operation)_\(graph.node.count)"
        node.opType = operation
        node.input = inputs.map(\.name)
        node.output = (0..<outputs).map { outputs == 1 ? node.name : "\(node.name)_\($0)" }
        node.attribute = attributes.sorted { $0.key < $1.key }.map { $1.message($0) }
        graph.node.append(node)
        return node.output.map { Value(name: $0) }
    }
}
