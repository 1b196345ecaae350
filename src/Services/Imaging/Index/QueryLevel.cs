namespace Yunnao.Services.Imaging.Index;

/// <summary>What a question asks for (PS3.4, C.6).</summary>
internal enum QueryLevel
{
    Patient,
    Study,
    Series,
    Image,
}
