// Asks a contract wallet whether it accepts a signature, as the init code of one eth_call: nothing is deployed, and
// whatever the calls below change is forgotten.
//
// After the code come, as laid out by question.rs:
//   wallet (32 bytes), factory (32, zero if there is none), n (32), the factory's call data (n), the wallet's call data
//
// The answer is one byte: 0 refused, 1 accepted, 2 no contract at the wallet's address.
//
// Sources: ERC-1271 (isValidSignature), ERC-6492 (the factory's call comes first, or again where a wallet that exists
// refuses).
object "Question" {
    code {
        function ask(wallet, from, length) -> verdict {
            verdict := 2
            if extcodesize(wallet) {
                verdict := 0
                mstore(0, 0)
                // Only 32 bytes of the answer are copied, however many there are.
                if staticcall(gas(), wallet, from, length, 0, 32) {
                    if gt(returndatasize(), 31) {
                        verdict := eq(mload(0), shl(224, 0x1626ba7e))
                    }
                }
            }
        }

        let start := datasize("Question")
        let size := sub(codesize(), start)
        // The first 32 bytes of memory are for the answer.
        codecopy(32, start, size)
        let wallet := mload(32)
        let factory := mload(64)
        let prepare := mload(96)
        let question := add(128, prepare)
        let length := sub(size, add(96, prepare))

        let verdict := ask(wallet, question, length)
        if and(iszero(eq(verdict, 1)), iszero(iszero(factory))) {
            pop(call(gas(), factory, 0, 128, prepare, 0, 0))
            verdict := ask(wallet, question, length)
        }
        mstore(0, verdict)
        return(31, 1)
    }
}
