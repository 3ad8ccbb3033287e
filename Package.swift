// swift-tools-version: 6.2
import PackageDescription

// The walls of the house: every target and what it may import, in the order of the science.
// HouseTests compares the imports in the sources with this table (docs/ARCHITECTURE.md tells why).

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// A module of the product.
func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// The tests of a module, in `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: strict)
}

let dcmtkLibraries = [
    "dcmnet", "dcmsr", "cmr", "dcmrt", "dcmseg", "dcmfg", "dcmiod", "dcmjpeg", "dcmjpls",
    "dcmimage", "dcmimgle", "dcmdata", "oflog", "ofstd", "ssl", "crypto",
]

let package = Package(
    name: "uptake",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "uptake", targets: ["uptake"]),
        .executable(name: "uptake-lab", targets: ["uptake-lab"]),
        // Preloaded into a node under test (Tests/EndToEndTests/Faults).
        .library(name: "FaultyDisk", type: .dynamic, targets: ["FaultyDisk"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // C and C++ at the border
        .target(
            name: "CDCMTK", dependencies: ["COpenJPEG"], cxxSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: dcmtkLibraries.map { .linkedLibrary($0) }),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "CDNNL", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "COpenJPEG", pkgConfig: "libopenjp2", providers: [.apt(["libopenjp2-7-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        // The straight line of the science: values in, values out
        module("DICOM", ["CDCMTK", "COpenSSL"]),
        module("Anatomy", ["DICOM"]),
        module("Imaging", ["DICOM"]),
        module("Detection", ["Imaging"]),
        module("NeuralNetwork", ["CDNNL"]),
        module(
            "Classification", ["NeuralNetwork", "Detection", "Imaging", "Anatomy", "DICOM"],
            resources: [.copy("Model")]),
        module("Staging", ["Classification", "Detection", "Imaging", "Anatomy", "DICOM"]),
        module("Reading", ["Staging", "Classification", "Detection", "Imaging", "Anatomy", "DICOM"]),
        module(
            "Reporting",
            ["Reading", "Staging", "Classification", "Detection", "Imaging", "Anatomy", "DICOM", "CDCMTK", "CCairo"]),

        // What remembers and what listens
        module("DICOMNetwork", ["DICOM", "CDCMTK"]),
        module("Auditing", ["DICOMNetwork", "DICOM"]),
        module("Archive", ["DICOM", .product(name: "GRDB", package: "GRDB.swift")]),
        module(
            "Node",
            [
                "DICOMNetwork", "Archive", "Auditing", "Reporting", "Reading", "Staging", "Classification", "Detection",
                "Imaging", "Anatomy", "DICOM", .product(name: "Logging", package: "swift-log"), "TOMLKit",
            ]),

        // The laboratory
        module("Phantom", ["Imaging", "Anatomy", "DICOM"]),
        module(
            "Training",
            [
                "Phantom", "Reporting", "Reading", "Staging", "Classification", "NeuralNetwork", "Detection", "Imaging",
                "Anatomy", "DICOM", "CZlib",
            ]),

        // The commands
        .executableTarget(
            name: "uptake",
            dependencies: [
                "Node", "Phantom", "DICOMNetwork", "Archive", "Reporting", "Reading", "Staging",
                "Classification", "Detection", "Imaging", "Anatomy", "DICOM",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "uptake-lab",
            dependencies: [
                "Training", "Phantom", "Reading", "Classification", "NeuralNetwork", "Detection", "Imaging", "Anatomy",
                "DICOM",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        // What the decision on convolutions rests on (docs/decisions/0020-convolution.md)
        .executableTarget(
            name: "benchmark-convolution", dependencies: ["NeuralNetwork", "COpenBLAS"],
            path: "Tests/Benchmarks/Convolution", swiftSettings: strict),
        .executableTarget(
            name: "benchmark-network", dependencies: ["NeuralNetwork"], path: "Tests/Benchmarks/Network",
            swiftSettings: strict),

        // What the tests and benchmarks of the network play with
        .target(name: "ScriptedPeer", path: "Tests/ScriptedPeer", swiftSettings: strict),
        .target(name: "FaultyDisk", path: "Tests/FaultyDisk"),
        .executableTarget(
            name: "benchmark-associations", dependencies: ["ScriptedPeer"], path: "Tests/Benchmarks/Associations",
            swiftSettings: strict),
        .executableTarget(
            name: "Fuzzing", dependencies: ["ScriptedPeer", "DICOMNetwork", "DICOM"], path: "Tests/Fuzzing",
            swiftSettings: strict),

        tests("DICOM", ["DICOM", "CDCMTK", "OtherPrograms"]),
        tests("Anatomy", ["Anatomy", "DICOM"]),
        tests("Imaging", ["Imaging", "DICOM", "CDCMTK"]),
        tests("Staging", ["Staging", "Classification", "Detection", "Imaging", "Anatomy", "DICOM"]),
        tests(
            "Reporting",
            [
                "Reporting", "Reading", "Staging", "Classification", "Detection", "Imaging", "Anatomy", "DICOM",
                "OtherPrograms",
            ]),
        // Other makers' programs, and the judges written against their libraries
        .target(name: "OtherPrograms", path: "Tests/OtherPrograms", swiftSettings: strict),
        // An authority that issues the certificates of tests
        .target(name: "TestCertificates", path: "Tests/TestCertificates", swiftSettings: strict),
        tests(
            "DICOMNetwork", ["DICOMNetwork", "DICOM", "CDCMTK", "TestCertificates", "ScriptedPeer", "OtherPrograms"]),
        tests("Auditing", ["Auditing", "DICOMNetwork", "DICOM", "TestCertificates", "OtherPrograms"]),
        tests("Archive", ["Archive", "DICOM", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("Detection", ["Detection", "Phantom", "Imaging", "Anatomy", "DICOM"]),
        tests(
            "Classification",
            ["Classification", "NeuralNetwork", "Phantom", "Detection", "Imaging", "Anatomy", "DICOM"]),
        tests(
            "Reading",
            ["Reading", "Phantom", "Staging", "Classification", "Detection", "Imaging", "Anatomy", "DICOM"]),
        tests(
            "Node",
            [
                "Node", "Archive", "DICOMNetwork", "Reporting", "Staging", "Imaging", "DICOM", "TestCertificates",
                "ScriptedPeer", "OtherPrograms", .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            "Training",
            [
                "Training", "Phantom", "Classification", "NeuralNetwork", "Detection", "Imaging", "Anatomy", "DICOM",
                "OtherPrograms",
            ]),
        tests("NeuralNetwork", ["NeuralNetwork"]),
        tests("Phantom", ["Phantom", "Imaging", "Anatomy", "DICOM", "OtherPrograms"]),
        // The commands themselves, which lie beside the tests, through real processes and sockets.
        tests(
            "EndToEnd",
            [
                "Phantom", "Reading", "Staging", "Anatomy", "DICOMNetwork", "Archive", "Imaging", "DICOM",
                "TestCertificates", "ScriptedPeer",
            ]),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        tests(
            "Query",
            [
                "Node", "Archive", "DICOMNetwork", "DICOM", "OtherPrograms",
                .product(name: "Logging", package: "swift-log"),
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
