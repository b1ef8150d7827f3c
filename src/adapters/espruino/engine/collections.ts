/**
 * Map, Set, WeakMap and WeakSet for an engine that has none: two lists that are searched from the front, because those
 * of a wake are short. In the order of insertion, equal by ECMAScript's SameValueZero.
 *
 * An iterator gives what was in it when the iterator was made. The weak ones keep their values until the board sleeps.
 */
import { iteratorOf } from "./statics.ts"

const indexOf = (keys: ReadonlyArray<unknown>, key: unknown): number =>
  key === key ? keys.indexOf(key) : keys.findIndex((each) => each !== each)

class KeyedList<K> {
  declare keyList: Array<K>
  declare size: number

  has(key: K): boolean {
    return indexOf(this.keyList, key) >= 0
  }

  keys(): IterableIterator<K> {
    return iteratorOf(this.keyList)
  }
}

class ListMap<K, V> extends KeyedList<K> {
  declare valueList: Array<V>

  constructor(entries?: Iterable<readonly [K, V]> | null) {
    super()
    this.clear()
    if (entries) { for (const [key, value] of entries) this.set(key, value) }
  }

  get(key: K): V | undefined {
    const index = indexOf(this.keyList, key)
    return index < 0 ? undefined : this.valueList[index]
  }

  set(key: K, value: V): this {
    const index = indexOf(this.keyList, key)
    if (index < 0) {
      this.size = this.keyList.push(key)
      this.valueList.push(value)
    } else {
      this.valueList[index] = value
    }
    return this
  }

  delete(key: K): boolean {
    const index = indexOf(this.keyList, key)
    if (index < 0) return false
    this.keyList.splice(index, 1)
    this.valueList.splice(index, 1)
    this.size--
    return true
  }

  clear(): void {
    this.keyList = []
    this.valueList = []
    this.size = 0
  }

  values(): IterableIterator<V> {
    return iteratorOf(this.valueList)
  }

  entries(): IterableIterator<[K, V]> {
    return iteratorOf(this.keyList.map((key, index): [K, V] => [key, this.valueList[index] as V]))
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries()
  }

  forEach(act: (value: V, key: K, map: this) => void): void {
    for (const [key, value] of this.entries()) act(value, key, this)
  }
}

class ListSet<A> extends KeyedList<A> {
  constructor(values?: Iterable<A> | null) {
    super()
    this.clear()
    if (values) { for (const value of values) this.add(value) }
  }

  add(value: A): this {
    if (!this.has(value)) this.size = this.keyList.push(value)
    return this
  }

  delete(value: A): boolean {
    const index = indexOf(this.keyList, value)
    if (index < 0) return false
    this.keyList.splice(index, 1)
    this.size--
    return true
  }

  clear(): void {
    this.keyList = []
    this.size = 0
  }

  values(): IterableIterator<A> {
    return this.keys()
  }

  entries(): IterableIterator<[A, A]> {
    return iteratorOf(this.keyList.map((value): [A, A] => [value, value]))
  }

  [Symbol.iterator](): IterableIterator<A> {
    return this.keys()
  }

  forEach(act: (value: A, same: A, set: this) => void): void {
    for (const value of this.keys()) act(value, value, this)
  }
}

const world = globalThis as unknown as Record<string, unknown>
world["Map"] = ListMap
world["Set"] = ListSet
world["WeakMap"] = ListMap
world["WeakSet"] = ListSet
