namespace Serai.Bench.Rows;

/// <summary>A line of bench/rows: the number of its marks, the guest, the topic whose table it is in, a short name, what is done.</summary>
public sealed record Row(int Number, string Guest, string Topic, string Key, string Title);
