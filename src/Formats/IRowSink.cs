namespace Yunnao.Formats;

/// <summary>Takes what a decoder reads: batches of rows for each plan, and the records that gave no row with the reason.</summary>
public interface IRowSink
{
    /// <summary>An empty batch to begin with.</summary>
    TextBatch Begin(int plan, int columns) => new(columns);

    /// <summary>A full (or last) batch of plan number <paramref name="plan"/>. The sink owns it from here and returns a batch to fill next (the same one, cleared, or another).</summary>
    TextBatch Take(int plan, TextBatch batch);

    /// <summary>A record that gave no row, or part of one that could not be read.</summary>
    void Reject(in Rejection rejection);
}
