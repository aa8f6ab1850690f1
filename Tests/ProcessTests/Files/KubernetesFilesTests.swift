import Foundation
import TestSupport
import Testing
import Yams

/// Launch/kubernetes: a job that the operator accepts, and an image that matches it.
@Suite struct KubernetesFilesTests {
    private typealias Object = [String: Any]

    private func job() throws -> Object {
        try #require(try Yams.load(yaml: Repository.text(of: "Launch/kubernetes/mpijob.yaml")) as? Object)
    }

    private func lines(of file: String) throws -> [String] {
        try Repository.text(of: "Launch/kubernetes/" + file).components(separatedBy: "\n")
    }

    /// Looks up a key path in an object; a number is an index in a list.
    private func value<Value>(_ path: String, of object: Object) throws -> Value {
        var value: Any? = object
        for key in path.split(separator: ".") {
            value = Int(key).map { (value as? [Any])?[$0] } ?? (value as? Object)?[String(key)]
        }
        return try #require(value as? Value, "\(path)")
    }

    private func keys(_ path: String, of object: Object) throws -> Set<String> {
        let found: Object = try value(path, of: object)
        return Set(found.keys)
    }

    /// The job has what the schema v2beta1 of the resource requires, and nothing that it does not know.
    @Test func theJobHasTheFieldsOfItsKind() throws {
        let job = try job()
        #expect(try value("apiVersion", of: job) == "kubeflow.org/v2beta1")
        #expect(try value("kind", of: job) == "MPIJob")
        #expect(Set(job.keys) == ["apiVersion", "kind", "metadata", "spec"])
        let name: String = try value("metadata.name", of: job)
        #expect(name.wholeMatch(of: /[a-z]([-a-z0-9]*[a-z0-9])?/) != nil)
        #expect(
            try keys("spec", of: job).isSubset(of: [
                "slotsPerWorker", "runPolicy", "mpiReplicaSpecs", "sshAuthMountPath", "launcherCreationPolicy",
                "mpiImplementation", "runLauncherAsWorker",
            ]))
        #expect(
            try keys("spec.runPolicy", of: job).isSubset(of: [
                "cleanPodPolicy", "ttlSecondsAfterFinished", "activeDeadlineSeconds", "backoffLimit",
                "schedulingPolicy",
                "suspend", "managedBy",
            ]))
        #expect(try ["None", "Running", "All"].contains(value("spec.runPolicy.cleanPodPolicy", of: job) as String))
        #expect(try keys("spec.mpiReplicaSpecs", of: job) == ["Launcher", "Worker"])
        #expect(try value("spec.mpiReplicaSpecs.Launcher.replicas", of: job) == 1)
    }

    @Test(arguments: ["Launcher", "Worker"]) func everyPodIsComplete(role: String) throws {
        let spec: Object = try value("spec.mpiReplicaSpecs.\(role)", of: job())
        #expect(Set(spec.keys).isSubset(of: ["replicas", "restartPolicy", "template"]))
        #expect(try ["Never", "OnFailure"].contains(value("restartPolicy", of: spec) as String))
        let container = "template.spec.containers.0"
        #expect(
            Set(["name", "image", "command", "args", "resources", "volumeMounts"]) == (try keys(container, of: spec)))
        #expect(try value("template.spec.securityContext.runAsUser", of: spec) == 1000)
        let mounted: String = try value(container + ".volumeMounts.0.name", of: spec)
        #expect(try value("template.spec.volumes.0.name", of: spec) == mounted)
        let claim: String = try value("template.spec.volumes.0.persistentVolumeClaim.claimName", of: spec)
        #expect(!claim.isEmpty)
    }

    /// Data and run are on the volume that all pods share, and there is a core for each thread.
    @Test func theProgramTakesTheJobsArguments() throws {
        let job = try job(), launcher = "spec.mpiReplicaSpecs.Launcher.template.spec.containers.0"
        let words: [String] = try value(launcher + ".command", of: job) + value(launcher + ".args", of: job)
        let program = try #require(words.firstIndex(of: "convlstm-dist"))
        let result = try Command.run("convlstm-dist", words[(program + 1)...] + ["--print-config"])
        try #require(result.status == 0, "\(result)")
        let configuration = try #require(try Yams.load(yaml: result.stdout) as? Object)
        let volume: String = try value(launcher + ".volumeMounts.0.mountPath", of: job)
        for key in ["data", "output"] { #expect((configuration[key] as? String)?.hasPrefix(volume + "/") == true) }
        let worker = "spec.mpiReplicaSpecs.Worker.template.spec.containers.0"
        let cores: Int = try value(worker + ".resources.limits.cpu", of: job)
        #expect(try configuration["threads"] as? Int == cores / (value("spec.slotsPerWorker", of: job) as Int))
        let options = words[1..<program].joined(separator: " ")
        #expect(options.contains("--tune /opt/convlstm/hosts.conf"))
    }

    /// The user, the paths of the keys and the daemon's settings match the image.
    @Test func jobAndImageAgree() throws {
        let job = try job(), image = try lines(of: "Dockerfile"), daemon = try lines(of: "sshd_config")
        let keys: String = try value("spec.sshAuthMountPath", of: job)
        #expect(daemon.contains("HostKey \(keys)/id_rsa"))
        let user = try #require(image.first { $0.contains("useradd") && $0.contains(" --uid 1000 ") })
        #expect(keys == "/home/\(user.split(separator: " ").last!)/.ssh")
        let arguments: [String] = try value("spec.mpiReplicaSpecs.Worker.template.spec.containers.0.args", of: job)
        #expect(image.contains("COPY Launch/kubernetes/sshd_config \(arguments.last!)"))
        #expect(image.contains { $0.contains(/^COPY .*Launch\/hosts.conf .*\/opt\/convlstm\/$/) })
        let port = try #require(daemon.first { $0.hasPrefix("Port ") })
        #expect(try lines(of: "ssh_config").contains("    " + port))
    }

    /// The files that the image copies exist, and its packages are exactly those of Launch/dependencies.
    @Test func theImageIsMadeOfWhatThereIs() throws {
        let copied = try lines(of: "Dockerfile").filter { $0.hasPrefix("COPY ") && !$0.contains("--from") }
            .flatMap { $0.split(separator: " ").dropFirst().dropLast() }
        #expect(copied.count >= 7)
        for file in copied { #expect(FileManager.default.fileExists(atPath: Repository.path + file), "\(file)") }
        let text = try lines(of: "Dockerfile").joined()
        #expect(!text.contains("apt-get install") && text.contains("dependencies container"))
    }

    /// The image's packages contain the libraries with which the programs are linked.
    @Test(.enabled(if: (try? Command.run("dpkg-query", ["--version"]))?.status == 0))
    func theImageHasTheLibrariesOfThePrograms() throws {
        let script = try Repository.text(of: "Launch/dependencies")
        let list = script.matches(of: /(?m)^container +\|[^|]*\|[^|]*\| *(\S+)/).map { String($0.1) }
        #expect(list.contains("openmpi-bin") && list.contains("openssh-server"))
        let query = ["-W", "-f", "${Package}, ${Depends}, "] + list
        let depends = try Command.run("dpkg-query", query).stdout
        let installed = Set(
            depends.split(separator: ",").compactMap { $0.split(separator: " ").first.map(String.init) })
        for program in ["convlstm-dist", "convlstm-shard"] {
            let libraries = try Command.run("ldd", [Command.path(of: program)]).stdout
            let names = libraries.matches(of: /(lib(?:mpi|openblas|zstd|png16|z)\.so\.\S+) => (\S+)/)
            #expect(names.count >= (program == "convlstm-dist" ? 5 : 3), "\(libraries)")
            for name in names {
                let file = try Command.run("readlink", ["-f", String(name.2)]).stdout.split(separator: "\n")[0]
                // A package may list a file by its path from before /lib became a link to /usr/lib.
                let owners = try [String(file), String(file.replacing(/^\/usr/, with: ""))].map {
                    try Command.run("dpkg-query", ["-S", $0]).stdout
                }
                let package = try #require(owners.joined().split(separator: ":").first, "\(file)")
                #expect(installed.contains(String(package)), "\(name.1) is of \(package)")
            }
        }
    }
}
