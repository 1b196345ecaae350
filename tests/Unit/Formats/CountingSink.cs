using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

/// <summary>A sink that only counts.</summary>
public sealed class CountingSink : IRowSink
{
    public long Rows { get; private set; }

    public long Rejections { get; private set; }

    public TextBatch Take(int plan, TextBatch batch)
    {
        Rows += batch.Rows;
        batch.Clear();
        return batch;
    }

    public void Reject(in Rejection rejection) => Rejections++;
}
