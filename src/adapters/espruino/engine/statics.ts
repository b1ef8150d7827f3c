/**
 * Functions of an engine's own objects that effect's runtime calls, and that Espruino lacks or does differently. As in
 * ECMAScript, as far as Espruino allows it; each difference is described where it is.
 *
 * What `Array.from` needs loops by index, because for-of is compiled to it.
 */

const native = {
  create: Object.create as (prototype: object | null) => object,
  defineProperty: Object.defineProperty,
  setPrototypeOf: Object.setPrototypeOf as (target: object, prototype: object | null) => object
}

/** Espruino's Object.assign accepts no function. */
const put = (owner: unknown, members: Readonly<Record<string, unknown>>): void => {
  for (const name in members) (owner as Record<string, unknown>)[name] = members[name]
}

let made = 0

/** Strings, because Espruino has no symbols: typeof says "string", and they are among an object's keys. */
const symbol = (description?: string): string => `@@${++made}:${description ?? ""}`
put(symbol, {
  for: (key: string) => "@@" + key,
  iterator: "@@iterator",
  asyncIterator: "@@asyncIterator",
  toPrimitive: "@@toPrimitive"
})

const isFiniteNumber = (value: unknown): boolean => typeof value === "number" && isFinite(value)
const isInteger = (value: unknown): boolean => isFiniteNumber(value) && Math.floor(value as number) === value
const greatest = 9007199254740991

put(Number, {
  isNaN: (value: unknown) => typeof value === "number" && value !== value,
  isFinite: isFiniteNumber,
  isInteger,
  isSafeInteger: (value: unknown) => isInteger(value) && Math.abs(value as number) <= greatest,
  MAX_SAFE_INTEGER: greatest,
  MIN_SAFE_INTEGER: -greatest,
  POSITIVE_INFINITY: Infinity,
  NEGATIVE_INFINITY: -Infinity
})

put(Math, {
  trunc: (value: number) => value < 0 ? Math.ceil(value) : Math.floor(value),
  // In two halves: a product of two numbers of 32 bits has more digits than a number can have.
  imul: (a: number, b: number) => (a & 0xffff) * b + (((a >>> 16) * b & 0xffff) << 16) | 0
})

/** Espruino lists a prototype's own name among the keys of objects made with it. */
const isKey = (name: string): boolean => name !== "__proto__"

const ownKeys = (value: object): Array<string> => Object.keys(value).filter(isKey)

/** Espruino does not look up the prototype of a function: what must be inherited is copied. */
const inherit = (heir: object, from: object): void => {
  for (const name of ownKeys(from)) {
    if (name !== "prototype" && name !== "constructor" && !{}.hasOwnProperty.call(heir, name)) {
      ;(heir as Record<string, unknown>)[name] = (from as Record<string, unknown>)[name]
    }
  }
}

/** A descriptor with nothing in it would erase the property. Espruino ignores enumerable, writable and configurable. */
const defineProperty = (owner: object, key: string, descriptor: PropertyDescriptor): object =>
  "value" in descriptor || "get" in descriptor || "set" in descriptor ? native.defineProperty(owner, key, descriptor)
    : owner

put(Object, {
  is: (a: unknown, b: unknown) => a === b ? a !== 0 || 1 / a === 1 / (b as number) : a !== a && b !== b,
  hasOwn: (value: object, key: string) => isKey(key) && {}.hasOwnProperty.call(value, key),
  // Nothing can be frozen.
  freeze: (value: unknown) => value,
  isExtensible: () => true,
  getOwnPropertySymbols: () => [],
  assign: function(target: Record<string, unknown>) {
    for (let i = 1; i < arguments.length; i++) {
      const source: unknown = arguments[i]
      if (typeof source === "object" && source !== null || typeof source === "function") {
        const keys = ownKeys(source)
        for (let k = 0; k < keys.length; k++) {
          target[keys[k] as string] = (source as Record<string, unknown>)[keys[k] as string]
        }
      }
    }
    return target
  },
  create: (prototype: object | null, properties?: PropertyDescriptorMap) => {
    const value = native.create(prototype)
    if (properties) {
      for (const name in properties) {
        defineProperty(value, name, properties[name] as PropertyDescriptor)
      }
    }
    return value
  },
  defineProperty,
  setPrototypeOf: (target: object, prototype: object | null) => {
    if (typeof target === "function") {
      for (
        let from = prototype;
        from !== null && from !== Object.prototype;
        from = Object.getPrototypeOf(from) as object | null
      ) inherit(target, from)
      return target
    }
    return native.setPrototypeOf(target, prototype)
  }
})

/**
 * The values of a list, of an object with an iterator, and of one with only a length. No closures, here and in the
 * collections: one that its own scope keeps stays in memory until memory runs out.
 */
const from = (values: unknown, map?: (value: unknown, index: number) => unknown): Array<unknown> => {
  const list: Array<unknown> = []
  if (
    !Array.isArray(values) && typeof values !== "string" &&
    typeof (values as Iterable<unknown>)[Symbol.iterator] === "function"
  ) {
    const iterator = (values as Iterable<unknown>)[Symbol.iterator]()
    for (let next = iterator.next(); !next.done; next = iterator.next()) list.push(next.value)
  } else {
    const { length } = values as ArrayLike<unknown>
    for (let i = 0; i < length; i++) list.push((values as ArrayLike<unknown>)[i])
  }
  return map ? list.map(map) : list
}

put(globalThis, {
  Symbol: symbol,
  // Exact up to 2^53.
  BigInt: (value: string | number) => Number(value),
  Reflect: {
    ownKeys,
    apply: (code: (...given: Array<unknown>) => unknown, self: unknown, given: Array<unknown>) =>
      code.apply(self, given),
    get: (owner: Record<string, unknown>, key: string) => owner[key],
    // For a class of the script, which is compiled to a function.
    construct: (
      made: { readonly prototype: object; readonly apply: (self: object, given: Array<unknown>) => unknown },
      given: Array<unknown>
    ) => {
      const object = Object.create(made.prototype) as object
      const other = made.apply(object, given)
      return typeof other === "object" && other !== null ? other : object
    }
  }
})
put(Array, { from })

class ListIterator<A> {
  declare readonly list: ReadonlyArray<A>
  declare index: number

  constructor(list: ReadonlyArray<A>) {
    this.list = list
    this.index = 0
  }

  next(): IteratorResult<A, undefined> {
    return this.index < this.list.length ? { done: false, value: this.list[this.index++] as A }
      : { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }
}

/** An iterator of a list as it is now, that can be iterated itself. */
export const iteratorOf = <A>(values: ReadonlyArray<A>): IterableIterator<A> => new ListIterator(values.slice())

put(Array.prototype, {
  [Symbol.iterator]: function(this: ReadonlyArray<unknown>) {
    return iteratorOf(this)
  }
})
put(String.prototype, {
  [Symbol.iterator]: function(this: string) {
    return iteratorOf(this.split(""))
  }
})
put(ArrayBuffer, { isView: (value: unknown) => value instanceof Uint8Array || value instanceof DataView })

// Espruino's have no name.
put(Error.prototype, { name: "Error" })
put(TypeError.prototype, { name: "TypeError" })
put(SyntaxError.prototype, { name: "SyntaxError" })
put(ReferenceError.prototype, { name: "ReferenceError" })
