// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// A wallet whose owner is a key (ERC-1271).
contract Wallet {
    address private owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function setOwner(address owner_) external {
        owner = owner_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65) return 0xffffffff;
        address signer =
            ecrecover(hash, uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64]));
        return signer != address(0) && signer == owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

/// Makes wallets at addresses that are known before (EIP-1014).
contract Factory {
    function deploy(address owner, bytes32 salt) external returns (address) {
        return address(new Wallet{salt: salt}(owner));
    }

    function addressOf(address owner, bytes32 salt) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Wallet).creationCode, abi.encode(owner)));
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code));
        return address(uint160(uint256(hash)));
    }
}

/// What a wallet should not be.
contract HostileWallet {
    uint8 private kind;

    constructor(uint8 kind_) {
        kind = kind_;
    }

    fallback() external {
        uint8 how = kind;
        assembly {
            // An endless loop.
            if eq(how, 0) { for {} 1 {} {} }
            // The magic value in four bytes only.
            if eq(how, 1) {
                mstore(0, shl(224, 0x1626ba7e))
                return(0, 4)
            }
            // The magic value with something behind it.
            if eq(how, 2) {
                mstore(0, or(shl(224, 0x1626ba7e), 1))
                return(0, 32)
            }
            // The magic value, but as the reason of a failure.
            if eq(how, 3) {
                mstore(0, shl(224, 0x1626ba7e))
                revert(0, 32)
            }
            // A change of state, which the question does not allow.
            if eq(how, 4) {
                sstore(1, 1)
                mstore(0, shl(224, 0x1626ba7e))
                return(0, 32)
            }
            // More than anybody wants to read, the magic value at the right end.
            if eq(how, 5) {
                mstore(0, 0x1626ba7e)
                return(0, 1000000)
            }
        }
    }
}
