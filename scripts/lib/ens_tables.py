"""Makes the tables of ENSIP-15 that nextid-core normalises ENS names by: SPEC NF > crates/nextid-core/src/ens/tables.txt

SPEC and NF are `spec.json` and `nf.json` of https://github.com/adraffy/ens-normalize.js (derive/output), which are
normative. They name every code point and take 3 MB; here are ranges, in less than 200 KB. All numbers are hexadecimal.
"""

import json
import sys
import unicodedata

HANGUL = range(0xAC00, 0xD7A4)


def parts(code_point, decomposed):
    """What a code point consists of, when it is taken apart as far as it goes."""
    if code_point in HANGUL:
        return [ord(part) for part in unicodedata.normalize("NFD", chr(code_point))]
    if code_point not in decomposed:
        return [code_point]
    return [last for part in decomposed[code_point] for last in parts(part, decomposed)]


def confusables(spec, members):
    """For every code point of a group, which other groups have one that looks the same; None if no other may."""
    found = {}
    for whole in spec["wholes"]:
        if not whole["confused"]:
            continue
        # Code points that share a group, directly or over others, belong together.
        families = []
        for code_point in whole["valid"] + whole["confused"]:
            groups = members.get(code_point, [])
            family = next((family for family in families if family[0] & set(groups)), None)
            if family is None:
                family = (set(), [])
                families.append(family)
            family[0].update(groups)
            family[1].append(code_point)
        everywhere = set().union(*(groups for groups, _ in families))
        others = {member: tuple(sorted(everywhere - groups)) for groups, family in families for member in family}
        for code_point in whole["confused"]:
            found[code_point] = others[code_point]
    return found


def runs(code_points, describe):
    """(first, length, description) of code points in a row that are described alike."""
    out = []
    for code_point in sorted(code_points):
        description = describe(code_point)
        if out and out[-1][0] + out[-1][1] == code_point and out[-1][2] == description:
            out[-1][1] += 1
        else:
            out.append([code_point, 1, description])
    return out


def hexes(numbers):
    return " ".join(f"{number:x}" for number in numbers)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        decomposed = dict(json.load(file)["decomp"])
    members = {}
    for index, group in enumerate(spec["groups"]):
        for code_point in {*group["primary"], *group["secondary"]}:
            members.setdefault(code_point, []).append(index)
    confused = confusables(spec, members)
    times = {}
    for group in spec["groups"]:
        for code_point in group["primary"] + group["secondary"]:
            times[code_point] = times.get(code_point, 0) + 1
    # What valid code points consist of is valid as well, even where no group has it.
    valid = {*members, *(part for code_point in members for part in parts(code_point, decomposed))}
    combining, non_spacing = set(spec["cm"]), set(spec["nsm"])
    fenced = {code_point for code_point, _ in spec["fenced"]}

    sets = []

    def number_of(groups):
        groups = tuple(groups)
        if groups not in sets:
            sets.append(groups)
        return sets.index(groups)

    def describe(code_point):
        marks = "".join(
            letter
            for letter, having in (("c", combining), ("n", non_spacing), ("f", fenced))
            if code_point in having
        )
        if code_point in confused:
            looks = f"{number_of(confused[code_point]):x}"
        else:
            looks = "u" if times.get(code_point) == 1 else "s"
        return f"{number_of(members.get(code_point, ())):x} {looks}{' ' + marks if marks else ''}"

    ranges = runs(valid, describe)
    print(f"# The specification of {spec['created'][:10]}, Unicode {spec['unicode'].split()[0]}.")
    print("# Made by scripts/lib/ens_tables.py from https://github.com/adraffy/ens-normalize.js, MIT License,")
    print("# Copyright (c) 2021 Andrew Raffensperger.")
    print("most")
    print(f"{spec['nsm_max']:x}")
    print("free")
    print(hexes(index for index, group in enumerate(spec["groups"]) if group.get("cm") is not None))
    print("sets")
    for groups in sets:
        print(hexes(groups) or "-")
    print("valid")
    for first, length, description in ranges:
        print(f"{first:x} {length:x} {description}")
    print("ignored")
    for first, length, _ in runs(spec["ignored"], lambda _: None):
        print(f"{first:x} {length:x}")
    print("mapped")
    for code_point, to in sorted(spec["mapped"]):
        print(f"{code_point:x} {hexes(to)}")
    print("emoji")
    for sequence in sorted(spec["emoji"]):
        print(hexes(sequence))


if __name__ == "__main__":
    main()
