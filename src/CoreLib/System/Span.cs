using System.Runtime.CompilerServices;

namespace System;

/// <summary>A bounds-checked window on contiguous values in memory.</summary>
public readonly ref struct Span<T>
{
    internal readonly ref T _reference;
    private readonly int _length;

    /// <summary>The whole of an array.</summary>
    public Span(T[]? array)
    {
        if (array == null)
            return;
        _reference = ref Unsafe.GetArrayDataReference(array);
        _length = array.Length;
    }

    /// <summary>A window on raw memory: the caller answers for its length and lifetime.</summary>
    public unsafe Span(void* pointer, int length)
    {
        if (length < 0)
            ThrowHelper.ThrowArgumentOutOfRangeException();
        _reference = ref Unsafe.AsRef<T>(pointer);
        _length = length;
    }

    /// <summary>A window on one value.</summary>
    public Span(ref T reference)
    {
        _reference = ref reference;
        _length = 1;
    }

    internal Span(ref T reference, int length)
    {
        _reference = ref reference;
        _length = length;
    }

    /// <summary>The element at <paramref name="index"/>; outside of the window is a runtime failure.</summary>
    public ref T this[int index]
    {
        [Intrinsic]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length)
                ThrowHelper.ThrowIndexOutOfRangeException();
            return ref Unsafe.Add(ref _reference, (nint)(uint)index);
        }
    }

    /// <summary>The number of elements.</summary>
    public int Length
    {
        [Intrinsic]
        get => _length;
    }

    /// <summary>Whether there are no elements.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>A window on nothing.</summary>
    public static Span<T> Empty => default;

    /// <summary>From <paramref name="start"/> to the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start)
    {
        if ((uint)start > (uint)_length)
            ThrowHelper.ThrowArgumentOutOfRangeException();
        return new(ref Unsafe.Add(ref _reference, (nint)(uint)start), _length - start);
    }

    /// <summary><paramref name="length"/> elements from <paramref name="start"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start, int length)
    {
        if ((ulong)(uint)start + (uint)length > (uint)_length)
            ThrowHelper.ThrowArgumentOutOfRangeException();
        return new(ref Unsafe.Add(ref _reference, (nint)(uint)start), length);
    }

    /// <summary>Sets every byte to zero.</summary>
    public void Clear() =>
        SpanHelpers.ClearWithoutReferences(ref Unsafe.As<T, byte>(ref _reference), (nuint)(uint)_length * (nuint)Unsafe.SizeOf<T>());

    /// <summary>Sets every element to <paramref name="value"/>.</summary>
    public void Fill(T value)
    {
        if (Unsafe.SizeOf<T>() == 1)
        {
            SpanHelpers.Fill(ref Unsafe.As<T, byte>(ref _reference), Unsafe.As<T, byte>(ref value), (nuint)(uint)_length);
            return;
        }

        for (int index = 0; index < _length; index++)
            Unsafe.Add(ref _reference, index) = value;
    }

    /// <summary>Copies to the start of <paramref name="destination"/>, which must be as long; the two may overlap.</summary>
    public void CopyTo(Span<T> destination) => ((ReadOnlySpan<T>)this).CopyTo(destination);

    /// <summary>Copies if <paramref name="destination"/> is long enough, and says whether it was.</summary>
    public bool TryCopyTo(Span<T> destination) => ((ReadOnlySpan<T>)this).TryCopyTo(destination);

    /// <summary>The window for reading only.</summary>
    public static implicit operator ReadOnlySpan<T>(Span<T> span) => new(ref span._reference, span._length);

    /// <summary>The whole of an array.</summary>
    public static implicit operator Span<T>(T[]? array) => new(array);

    /// <summary>Walks the elements in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>For <c>fixed</c>: the first element, or a null reference.</summary>
    public ref T GetPinnableReference() => ref _reference;

    /// <summary>A walk over a span.</summary>
    public ref struct Enumerator
    {
        private readonly Span<T> _span;
        private int _index;

        internal Enumerator(Span<T> span)
        {
            _span = span;
            _index = -1;
        }

        /// <summary>The element the walk stands on.</summary>
        public readonly ref T Current => ref _span[_index];

        /// <summary>Steps on; false at the end.</summary>
        public bool MoveNext() => ++_index < _span.Length;
    }
}
