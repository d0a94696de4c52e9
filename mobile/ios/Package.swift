// swift-tools-version: 5.10
import PackageDescription

// `build` makes both parts of the core: the framework with the native library, and the generated Swift in Sources/PassidWalletCore.
let package = Package(
    name: "PassidWallet",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "PassidWallet", targets: ["PassidWallet"])],
    targets: [
        .binaryTarget(name: "PassidWalletCoreFFI", path: "PassidWalletCoreFFI.xcframework"),
        .target(name: "PassidWalletCore", dependencies: ["PassidWalletCoreFFI"], exclude: ["README.md"]),
        .target(name: "PassidWallet", dependencies: ["PassidWalletCore"]),
        .testTarget(name: "PassidWalletTests", dependencies: ["PassidWallet"]),
    ]
)
