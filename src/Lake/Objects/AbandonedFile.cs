namespace Yunnao.Lake.Objects;

/// <summary>A temporary file that a crash may have left.</summary>
internal static class AbandonedFile
{
    /// <summary>Deletes the file unless a living writer has it open.</summary>
    public static void Delete(string path)
    {
        try
        {
            using (File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                File.Delete(path);
            }
        }
        catch (FileNotFoundException)
        {
            // Its writer has renamed or removed it meanwhile.
        }
        catch (IOException)
        {
            // Its writer is at work.
        }
    }
}
