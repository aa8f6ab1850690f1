// The update rule of the parameters, as a value. The choice: each optimizer has the form and the defaults of a
// published system; learning rate and clipping are separate keys of the system.

/// An optimizer with its constants.
package enum OptimizerDescription: Sendable, Equatable {
    /// Source: Kingma and Ba, "Adam", ICLR 2015.
    case adam(Adam)

    /// Adam with a weight decay that bypasses the moments.
    ///
    /// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019; PyTorch's `AdamW`.
    case adamW(AdamW)

    /// Source: Keras' `RMSprop`, without its momentum.
    case rmsProp(RMSProp)

    /// Source: Zeiler, "ADADELTA", 2012; Keras 2.1.0.
    case adadelta(Adadelta)

    /// Source: PyTorch's `SGD`, without its dampening.
    case sgd(SGD)

    package struct Adam: Codable, Sendable, Equatable {
        package var beta1 = 0.9
        package var beta2 = 0.999
        package var epsilon = 1e-8

        /// The position of epsilon relative to the bias corrections.
        package var form = Form.paper

        /// The L2 coefficient: this factor times the parameter is added to its gradient, like PyTorch's `weight_decay`.
        package var weightDecay = 0.0

        package enum Form: String, Codable, Sendable, CaseIterable {
            /// p -= lr m^ / (sqrt(v^) + eps), with corrected m^ and v^: algorithm 1 of Kingma and Ba; PyTorch.
            case paper
            /// p -= lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps): the remark in their section 2;
            /// TensorFlow.
            case tensorFlow
        }

        package init(
            beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, form: Form = .paper,
            weightDecay: Double = 0
        ) {
            (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
            (self.form, self.weightDecay) = (form, weightDecay)
        }
    }

    package struct AdamW: Codable, Sendable, Equatable {
        package var beta1 = 0.9
        package var beta2 = 0.999
        package var epsilon = 1e-8

        /// The decay coefficient: this factor times learning rate and parameter is subtracted from the parameter.
        package var weightDecay = 0.01

        package init() {}
    }

    package struct RMSProp: Codable, Sendable, Equatable {
        /// The decay rate of the mean of squares per update.
        package var rho = 0.9
        package var epsilon = 1e-7

        package init() {}
    }

    package struct Adadelta: Codable, Sendable, Equatable {
        /// The decay rate of both means of squares per update.
        package var rho = 0.95
        package var epsilon = 1e-8

        package init() {}
    }

    package struct SGD: Codable, Sendable, Equatable {
        package var momentum = 0.0

        /// Whether the gradient is evaluated at the position to which the momentum leads.
        package var nesterov = false

        /// The L2 coefficient: this factor times the parameter is added to its gradient.
        package var weightDecay = 0.0

        package init(momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
            (self.momentum, self.nesterov, self.weightDecay) = (momentum, nesterov, weightDecay)
        }
    }
}

// The form in a file: `optimizer: {adam: {beta2: 0.98}}`.

extension OptimizerDescription: Codable {
    private enum Kind: String, CodingKey, CaseIterable {
        case adam, adamW, rmsProp, adadelta, sgd
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Kind.self)
        self =
            switch try values.onlyKey {
            case .adam: .adam(try values.decode(Adam.self, forKey: .adam))
            case .adamW: .adamW(try values.decode(AdamW.self, forKey: .adamW))
            case .rmsProp: .rmsProp(try values.decode(RMSProp.self, forKey: .rmsProp))
            case .adadelta: .adadelta(try values.decode(Adadelta.self, forKey: .adadelta))
            case .sgd: .sgd(try values.decode(SGD.self, forKey: .sgd))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Kind.self)
        switch self {
        case .adam(let it): try values.encode(it, forKey: .adam)
        case .adamW(let it): try values.encode(it, forKey: .adamW)
        case .rmsProp(let it): try values.encode(it, forKey: .rmsProp)
        case .adadelta(let it): try values.encode(it, forKey: .adadelta)
        case .sgd(let it): try values.encode(it, forKey: .sgd)
        }
    }
}

extension OptimizerDescription.Adam {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        beta1 = try values.decode(.beta1, or: beta1)
        beta2 = try values.decode(.beta2, or: beta2)
        epsilon = try values.decode(.epsilon, or: epsilon)
        form = try values.decode(.form, or: form)
        weightDecay = try values.decode(.weightDecay, or: weightDecay)
    }
}

extension OptimizerDescription.AdamW {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        beta1 = try values.decode(.beta1, or: beta1)
        beta2 = try values.decode(.beta2, or: beta2)
        epsilon = try values.decode(.epsilon, or: epsilon)
        weightDecay = try values.decode(.weightDecay, or: weightDecay)
    }
}

extension OptimizerDescription.RMSProp {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        rho = try values.decode(.rho, or: rho)
        epsilon = try values.decode(.epsilon, or: epsilon)
    }
}

extension OptimizerDescription.Adadelta {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        rho = try values.decode(.rho, or: rho)
        epsilon = try values.decode(.epsilon, or: epsilon)
    }
}

extension OptimizerDescription.SGD {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        momentum = try values.decode(.momentum, or: momentum)
        nesterov = try values.decode(.nesterov, or: nesterov)
        weightDecay = try values.decode(.weightDecay, or: weightDecay)
    }
}
