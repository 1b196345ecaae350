using Yunnao.Services.Views.Run;

namespace Yunnao.Tests.Views;

/// <summary>One engine for all tests of a class.</summary>
public sealed class ViewEngineFixture : IDisposable
{
    public ViewEngine Engine { get; } = ViewEngine.Open(threads: 1);

    public void Dispose() => Engine.Dispose();
}
