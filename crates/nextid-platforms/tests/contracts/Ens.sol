// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// Which resolver a name has: all that is asked of an ENS registry.
contract Registry {
    mapping(bytes32 => address) public resolver;

    function setResolver(bytes32 node, address value) external {
        resolver[node] = value;
    }
}

/// Text records (EIP-634).
contract PlainResolver {
    mapping(bytes32 => mapping(string => string)) private texts;

    function text(bytes32 node, string calldata key) external view returns (string memory) {
        return texts[node][key];
    }

    function setText(bytes32 node, string calldata key, string calldata value) external {
        texts[node][key] = value;
    }

    function supportsInterface(bytes4 id) external pure virtual returns (bool) {
        return id == 0x01ffc9a7 || id == 0x59d1d43c;
    }
}

/// Answers for a name and everything below it (ENSIP-10): the record is the DNS name that was asked for, a bar, and what was set.
contract WildcardResolver {
    string private value;

    constructor(string memory value_) {
        value = value_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x9061b923;
    }

    function resolve(bytes calldata name, bytes calldata data) external view returns (bytes memory) {
        require(bytes4(data[:4]) == 0x59d1d43c, "text records only");
        (, string memory key) = abi.decode(data[4:], (bytes32, string));
        if (keccak256(bytes(key)) != keccak256("id.next.proof") || name.length < 3) return abi.encode("");
        return abi.encode(value);
    }
}

/// Has its records elsewhere (ERC-3668), behind `hops` gateways in a row, and takes a gateway's word only with a mark on it.
contract OffchainResolver {
    error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData);

    string[] private urls;
    uint256 private hops;
    address private sender;

    constructor(string[] memory urls_, uint256 hops_, address sender_) {
        urls = urls_;
        hops = hops_;
        sender = sender_ == address(0) ? address(this) : sender_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x9061b923;
    }

    function resolve(bytes calldata, bytes calldata data) external view returns (bytes memory) {
        revert OffchainLookup(sender, urls, data, this.answered.selector, abi.encode(data, hops));
    }

    function answered(bytes calldata response, bytes calldata extra) external view returns (bytes memory) {
        (bytes memory data, uint256 left) = abi.decode(extra, (bytes, uint256));
        (bytes32 mark, bytes memory result) = abi.decode(response, (bytes32, bytes));
        require(mark == keccak256(data), "not the answer to this question");
        if (left > 1) revert OffchainLookup(sender, urls, data, this.answered.selector, abi.encode(data, left - 1));
        return result;
    }
}

/// What a resolver should not be.
contract HostileResolver {
    uint8 private kind;

    constructor(uint8 kind_) {
        kind = kind_;
    }

    function supportsInterface(bytes4) external pure returns (bool) {
        return false;
    }

    fallback() external {
        uint8 how = kind;
        assembly {
            // An endless loop.
            if eq(how, 0) { for {} 1 {} {} }
            // A string whose offset is far outside.
            if eq(how, 1) {
                mstore(0, not(0))
                mstore(32, not(0))
                return(0, 64)
            }
            // A string that is said to be longer than what there is.
            if eq(how, 2) {
                mstore(0, 32)
                mstore(32, shl(40, 1))
                return(0, 64)
            }
            // More than anybody wants to read.
            if eq(how, 3) { return(0, 2000000) }
            // An OffchainLookup without anything in it.
            if eq(how, 4) {
                mstore(0, shl(224, 0x556f1830))
                revert(0, 4)
            }
            // Nothing at all.
            if eq(how, 5) { return(0, 0) }
            revert(0, 0)
        }
    }
}
