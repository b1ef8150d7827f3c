/**
 * What library code asks of a whole engine, each as a function that says what it saw. The same in Node, on node:vm with
 * what a board has, and on Espruino. Written as libraries are, not as Dormouse is.
 */
class Animal {
  readonly sound: string

  constructor(sound: string) {
    this.sound = sound
  }

  static of(sound: string): Animal {
    return new this(sound)
  }

  get loud(): string {
    return this.sound + "!"
  }

  says(times: number): string {
    return this.sound.repeat(times)
  }
}

class Dog extends Animal {
  constructor(...given: ReadonlyArray<string>) {
    super(given.join("-"))
  }

  override says(times: number): string {
    return "dog " + super.says(times)
  }
}

class Fault extends Error {
  readonly code: number

  constructor(message: string, code: number) {
    super(message)
    this.message = message
    this.code = code
  }
}

/* eslint-disable prefer-rest-params, prefer-spread -- as libraries tell how many arguments they were given */
const dual = function(this: unknown, _self?: unknown, _that?: unknown): number {
  return arguments.length
}
const rest = function(..._given: ReadonlyArray<unknown>): ReadonlyArray<unknown> {
  return Array.prototype.slice.call(arguments, 1) as ReadonlyArray<unknown>
}
/* eslint-enable prefer-rest-params, prefer-spread */
const withDefault = (a: number, b = 5, ...others: ReadonlyArray<number>): string => `${a} ${b} ${others.join("+")}`

const key = { name: "key" }
const numbers: ReadonlyArray<number> = [1, 7, 3]
const names: ReadonlyArray<string> = ["a", "b"]

class Count implements Iterable<number> {
  readonly from: number
  readonly to: number

  constructor(from: number, to: number) {
    this.from = from
    this.to = to
  }

  [Symbol.iterator](): Iterator<number> {
    let next = this.from
    return { next: () => next <= this.to ? { done: false, value: next++ } : { done: true, value: undefined } }
  }
}

const count = (from: number, to: number): Iterable<number> => new Count(from, to)

const own = (object: object): string => Object.keys(object).sort().join()

export const cases: Readonly<Record<string, () => string>> = {
  "a Map keeps the order of insertion": () => {
    const map = new Map<unknown, unknown>([["a", 1], ["b", 2]])
    map.set("c", 3).set("a", 4).delete("b")
    return JSON.stringify([[...map], map.size, map.get("a"), map.get("b") === undefined, map.has("c"), map.has("b")])
  },
  "a Map's keys are what they are": () => {
    const map = new Map<unknown, string>([[1, "number"], ["1", "text"], [NaN, "none"], [undefined, "nothing"], [null,
      "null"], [key, "object"], [0, "zero"]])
    map.set(NaN, "still none")
    return [map.size, map.get(1), map.get("1"), map.get(NaN), map.get(undefined), map.get(null), map.get(key),
      map.get({ name: "key" }), map.get(-0)].join()
  },
  "a Map goes round": () => {
    const seen: Array<string> = []
    const map = new Map([["x", 1], ["y", 2]])
    for (const [name, value] of map) seen.push(name + value)
    map.forEach((value, name) => seen.push(name + value))
    for (const name of map.keys()) seen.push(name)
    for (const value of map.values()) seen.push(String(value))
    for (const [name] of map.entries()) map.delete(name)
    return seen.join() + map.size
  },
  "Maps are put together": () =>
    JSON.stringify([...new Map([...new Map([["a", 1], ["b", 1]]), ...new Map([["b", 2], ["c", 2]])])]),
  "a Map is cleared": () => {
    const map = new Map([[1, 1]])
    map.clear()
    return [map.size, map.has(1), map.set(2, 2).size].join()
  },
  "a Set": () => {
    const set = new Set([3, 1, 3, NaN, NaN])
    set.add(2).add(1)
    const seen: Array<string> = []
    for (const value of set) seen.push(String(value))
    set.forEach((value, same) => seen.push(String(value) + String(same)))
    return [seen.join(), set.size, set.delete(3), set.delete(3), set.has(3), [...set].join(), [...set.entries()].join(),
      Math.max(...new Set([1, 9, 4]))].join(" ")
  },
  "weak ones": () => {
    const map = new WeakMap<object, number>([[key, 1]])
    const set = new WeakSet([key])
    return [map.get(key), map.has({}), set.has(key), set.delete(key), set.has(key), map.delete(key), map.get(key)]
      .join()
  },
  "symbols": () => {
    const [a, b] = [Symbol("x"), Symbol("x")]
    const object = { [a]: 1, [b]: 2, [Symbol.for("f")]: 3 } as Readonly<Record<symbol, number>>
    return [a === b, Symbol.for("f") === Symbol.for("f"), object[a], object[b], object[Symbol.for("f")], a in object,
      Symbol.iterator in []].join()
  },
  "what can be iterated": () =>
    [[...count(1, 3)].join(), Math.min(...count(4, 6)), [..."abc"].join(), Array.from(count(1, 3), (n) => n * n).join()]
      .join(" "),
  "a list's own iterator": () => {
    const iterator = [1, 2][Symbol.iterator]()
    return [iterator.next().value, iterator.next().done, iterator.next().done, ...[7][Symbol.iterator]()].join()
  },
  "a loop is left": () => {
    const seen: Array<number> = []
    for (const n of count(1, 9)) {
      if (n === 2) continue
      if (n === 5) break
      seen.push(n)
    }
    return seen.join()
  },
  "Array.from": () =>
    JSON.stringify([Array.from("ab"), Array.from({ length: 2 }, (_, i) => i), Array.from([1, 2], (n) => n + 1),
      Array.from(new Set([1]))]),
  "how many arguments": () => [dual(), dual(1), dual(1, 2), dual(1, undefined), dual.apply(undefined, [1])].join(),
  "arguments as a list": () => rest(1, 2, 3).join() + rest().length,
  "parameters that are left out": () => [withDefault(1), withDefault(1, undefined), withDefault(1, 2, 3, 4)].join(),
  "spread arguments": () =>
    [Math.max(...numbers, 5), String.fromCharCode(...new Set([97, 98])), new Dog(...names).sound].join(),
  "a list is emptied": () => {
    const list = [1, 2, 3]
    list.length = 0
    list.push(4)
    return list.join() + list.length
  },
  "classes": () => {
    const dog = new Dog("wuff", "wau")
    return [dog.sound, dog.loud, dog.says(2), dog instanceof Animal, dog instanceof Dog, new Animal("x") instanceof Dog,
      Dog.of("y").says(1), dog.constructor === Dog].join()
  },
  "errors": () => {
    const fault = new Fault("broken", 7)
    return [fault.message, fault.code, fault instanceof Fault, fault instanceof Error, new Error("x").name,
      new TypeError("y").name, new Error("z").message].join()
  },
  "prototypes": () => {
    const proto = {
      shared: 1,
      get doubled() {
        return (this as unknown as { readonly own: number }).own * 2
      }
    }
    const object = Object.create(proto, {
      own: { value: 4, enumerable: true, writable: true, configurable: true }
    }) as { readonly shared: number; readonly doubled: number }
    const later = Object.setPrototypeOf({ own: 5 }, proto) as typeof object
    const code = Object.setPrototypeOf(() => 3, { tag: "code" }) as (() => number) & { readonly tag: string }
    return [object.shared, object.doubled, own(object), Object.getPrototypeOf(object) === proto, later.doubled,
      "shared" in later, Object.hasOwn(later, "shared"), code(), code.tag].join()
  },
  "Object": () => {
    const code = Object.assign(() => 1, { a: 1 }, null, undefined, { b: 2 })
    const defined = Object.defineProperty({}, "x", { enumerable: true, get: () => 8 }) as { readonly x: number }
    Object.defineProperty(defined, "x", { enumerable: true })
    return [code(), code.a, code.b, own({ ...code, ...key }), defined.x, Object.is(NaN, NaN), Object.is(1, "1"),
      Object.is("a", "a"), Object.hasOwn({ a: 1 }, "a"), Object.freeze({ a: 1 }).a].join()
  },
  "Number and Math": () => {
    const said = [1, 1.5, NaN, Infinity, -2.7, 2 ** 60, "1", undefined].map((n) =>
      [Number.isNaN(n), Number.isFinite(n), Number.isInteger(n), Number.isSafeInteger(n)].map(Number).join("")
    )
    return [said.join(), Math.trunc(-2.7), Math.trunc(2.7), Math.imul(0xffffffff, 5), Math.imul(2246822507, 3266489909),
      Math.imul(-7, 3), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].join()
  },
  "Reflect": () =>
    [Reflect.ownKeys({ a: 1, b: 2 }).join(), Reflect.get({ a: 3 }, "a"), Reflect.apply(Math.max, undefined, [1, 2])]
      .join(),
  "BigInt, as far as numbers go": () => String(Number(BigInt(12)) + Number(BigInt("30")))
}
